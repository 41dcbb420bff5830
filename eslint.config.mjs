import communityNodes from '@n8n/eslint-plugin-community-nodes';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

const N8N_FILES = ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'];
const PRODUCT_TS = ['contract/**/*.ts', 'credentials/**/*.ts', 'nodes/**/*.ts', 'service/src/**/*.ts'];
const PLAIN_TS = ['contract/**/*.ts', 'service/src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.n8n-real/**', 'artifacts/**', 'coverage/**', 'data/**'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },

  // n8n's own rules, in their recommended configuration.
  {
    files: N8N_FILES,
    languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
    plugins: { ...communityNodes.configs.recommended.plugins, 'n8n-nodes-base': nodesBase },
    rules: communityNodes.configs.recommended.rules,
  },
  { files: ['package.json'], rules: nodesBase.configs.community.rules },
  {
    files: ['credentials/**/*.ts'],
    rules: {
      ...nodesBase.configs.credentials.rules,
      // Written for the nodes inside n8n, where the documentation URL is a camelCase slug; a community package gives a full
      // URL (community-nodes/credential-documentation-url, and n8n-nodes-base's own …-not-http-url).
      'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
    },
  },
  {
    files: ['nodes/**/*.ts'],
    rules: {
      ...nodesBase.configs.nodes.rules,
      // These two want the literal ['main']; community-nodes/node-connection-type-literal wants NodeConnectionTypes.Main.
      'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
      'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
    },
  },

  // typescript-eslint, strict, on everything that is TypeScript.
  {
    files: [...PLAIN_TS, 'nodes/**/*.ts', 'credentials/**/*.ts'],
    extends: [tseslint.configs.strict],
    rules: {
      // `const { secret: _secret, ...rest } = row` is how a member is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
    },
  },
  {
    files: PLAIN_TS,
    rules: {
      // Codes of problems are an interface with a member for each, so that features add theirs by declaration merging.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // Nest's modules are classes that carry decorators only; a test decorates an empty one by hand.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
    },
  },

  // What comes from outside must not cost more than its length: a pattern that tries each place anew is a way to stop the process.
  {
    files: PRODUCT_TS,
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false, ignoreSticky: false }],
    },
  },
);
