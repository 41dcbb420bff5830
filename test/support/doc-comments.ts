/** Finds exports without a doc comment. */
import ts from 'typescript';

/** The names that a statement exports, those of other files among them. */
function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) return passedOn(statement);
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

/** The names that a re-export passes on. */
function passedOn({ exportClause, moduleSpecifier }: ts.ExportDeclaration): string[] {
  if (exportClause === undefined) return [`* of ${moduleSpecifier?.getText() ?? ''}`];
  return ts.isNamedExports(exportClause)
    ? exportClause.elements.map(({ name }) => name.text)
    : [exportClause.name.text];
}

/** A function's body below its signatures: nobody sees it from outside. */
function isBodyOf(signatures: ReadonlySet<string>, statement: ts.Statement): boolean {
  return (
    ts.isFunctionDeclaration(statement) && statement.body !== undefined && signatures.has(statement.name?.text ?? '')
  );
}

/** Lists the exports of a source file that have no doc comment; each signature of a function has its own. */
export function undocumented(path: string, text: string): string[] {
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const isSignature = (one: ts.Statement) => ts.isFunctionDeclaration(one) && one.body === undefined;
  const signatures = new Set(statements.filter(isSignature).flatMap(exportedNames));
  const seen = statements.filter((statement) => !isBodyOf(signatures, statement));
  const isDocumented = (statement: ts.Statement) => ts.getJSDocCommentsAndTags(statement).some(ts.isJSDoc);
  return [...new Set(seen.filter((statement) => !isDocumented(statement)).flatMap(exportedNames))];
}
