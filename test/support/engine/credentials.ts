import type {
  ICredentialDataDecryptedObject,
  ICredentialsHelper,
  IDataObject,
  IHttpRequestOptions,
  INode,
  INodeCredentialsDetails,
  Workflow,
} from 'n8n-workflow';
import type { LoadedPackage } from './node-types.ts';

type Keyed = Record<string, unknown>;

/** Resolves `={{ … }}` with `$credentials`, as n8n does for a credential type's `authenticate` block. */
function resolve(
  value: unknown,
  credentials: ICredentialDataDecryptedObject,
  workflow: Workflow,
  node: INode,
): unknown {
  if (typeof value !== 'string' || !value.startsWith('=')) return value;
  return workflow.expression.getSimpleParameterValue(
    node,
    value,
    'internal',
    { $credentials: credentials },
    undefined,
    '',
  );
}

/** n8n's credentials helper over plain data: defaults of the type are filled in, generic `authenticate` is applied for real. */
export function createCredentialsHelper(
  loaded: LoadedPackage,
  stored: Record<string, IDataObject>,
): ICredentialsHelper & { decrypted(type: string, id?: string | null): ICredentialDataDecryptedObject } {
  const decrypted = (type: string, id?: string | null) => {
    const data = stored[`${type}:${id ?? ''}`] ?? stored[type];
    if (!data) throw new Error(`The engine holds no credential of type "${type}"`);
    const defaults = loaded.credentialType(type).properties.map((property) => [property.name, property.default]);
    return { ...Object.fromEntries(defaults), ...data } as ICredentialDataDecryptedObject;
  };
  const authenticate: ICredentialsHelper['authenticate'] = async (credentials, typeName, request, workflow, node) => {
    const options = request as IHttpRequestOptions;
    const rule = loaded.credentialType(typeName).authenticate;
    if (!rule) return options;
    if (typeof rule === 'function') return await rule(credentials, options);
    if (!workflow || !node) throw new Error('A workflow and a node are needed to authenticate');
    const target = options as unknown as Record<string, Keyed>;
    for (const [part, members] of Object.entries(rule.properties as Record<string, Keyed>)) {
      target[part] = { ...target[part] };
      for (const [key, value] of Object.entries(members)) {
        target[part][String(resolve(key, credentials, workflow, node))] = resolve(value, credentials, workflow, node);
      }
    }
    return options;
  };
  const unsupported = async (): Promise<never> => {
    throw new Error('The engine keeps no encrypted credentials');
  };
  return {
    decrypted,
    authenticate,
    getDecrypted: async (_data, details: INodeCredentialsDetails, type) => decrypted(type, details.id),
    getParentTypes: () => [],
    isCredentialUsableByNode: () => true,
    preAuthentication: async () => undefined,
    runPreAuthentication: async () => undefined,
    getCredentials: unsupported,
    updateCredentials: unsupported,
    updateCredentialsOauthTokenData: unsupported,
    getCredentialsProperties: (type) => loaded.credentialType(type).properties,
  };
}
