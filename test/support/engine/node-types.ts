import type { ICredentialType, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import type { Runtime } from './runtime.ts';

export interface LoadedPackage {
  nodeTypes: INodeTypes;
  credentialType(name: string): ICredentialType;
  /** Names of the package's nodes, without the package prefix. */
  nodeNames: string[];
  credentialNames: string[];
}

/** Loads the built package as n8n does at start; its nodes are known as `<package>.<node>`. */
export async function loadPackage(
  { core, n8n }: Runtime,
  packageDir: string,
  extra: Record<string, INodeType> = {},
): Promise<LoadedPackage> {
  const loader = new core.PackageDirectoryLoader(packageDir);
  await loader.loadAll();
  const prefix = `${loader.packageName}.`;
  const find = (name: string): INodeType | IVersionedNodeType => {
    const other = extra[name];
    if (other) return other;
    if (!name.startsWith(prefix)) throw new Error(`Node type "${name}" is not installed in this engine`);
    return loader.getNode(name.slice(prefix.length)).type;
  };
  return {
    nodeTypes: {
      getByName: find,
      getByNameAndVersion: (name, version) => n8n.NodeHelpers.getVersionedNodeType(find(name), version),
      getKnownTypes: () => loader.known.nodes,
    },
    credentialType: (name) => loader.getCredential(name).type,
    nodeNames: Object.keys(loader.known.nodes),
    credentialNames: Object.keys(loader.known.credentials),
  };
}
