/** Finds exports without a doc comment. */
import ts from 'typescript';

/** The names that a statement exports by declaring them; re-exports have their comment where they are declared. */
function exportedNames(statement: ts.Statement): string[] {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

/** Lists the exports of a source file that have no doc comment; of a function with several signatures, one of them has it. */
export function undocumented(path: string, text: string): string[] {
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const isDocumented = (statement: ts.Statement) => ts.getJSDocCommentsAndTags(statement).some(ts.isJSDoc);
  const documented = new Set(statements.filter(isDocumented).flatMap(exportedNames));
  return [...new Set(statements.flatMap(exportedNames))].filter((name) => !documented.has(name));
}
