import type {
  ExecutionError,
  IConnections,
  IDataObject,
  INode,
  INodeExecutionData,
  INodeType,
  IRunExecutionData,
  IWorkflowSettings,
  WorkflowActivateMode,
  WorkflowExecuteMode,
} from 'n8n-workflow';

/** A workflow as n8n exports it. Members that n8n fills on saving may be left out; the engine writes them into the object. */
export interface WorkflowJson {
  id?: string;
  name?: string;
  nodes: WorkflowNode[];
  connections?: IConnections;
  settings?: IWorkflowSettings;
}
export type WorkflowNode = Pick<INode, 'name' | 'type'> & Partial<INode>;

export interface EngineOptions {
  /** Folder of the built package: its package.json names the compiled nodes and credentials. */
  packageDir: string;
  /** Decrypted credential data by type, or by `type:id` for several of one type. */
  credentials?: Record<string, IDataObject>;
  /** Further node types by full name, e.g. stand-ins for core nodes that are not installed. */
  nodeTypes?: Record<string, INodeType>;
  /** TCP port of the webhook server on 127.0.0.1. Default: any free one. */
  port?: number;
}

export interface RunOptions {
  items?: INodeExecutionData[];
  /** Default: the first node without an incoming connection. */
  startNode?: string;
  mode?: WorkflowExecuteMode;
}

export interface Execution {
  readonly id: string;
  readonly workflowId: string;
  readonly mode: WorkflowExecuteMode;
  status: 'running' | 'waiting' | 'success' | 'error';
  data: IRunExecutionData;
  error?: ExecutionError | Error;
  /** What a node put out in its last run, on one of its outputs (default the first). */
  items(node: string, output?: number): INodeExecutionData[];
}

export interface ActivateOptions {
  /** Listen for one call, as the editor does. */
  test?: boolean;
  activation?: WorkflowActivateMode;
}

export interface Activation {
  /** Webhook URL by node name, test or production as activated. */
  urls: Record<string, string>;
  /** As switching the workflow off (or stopping to listen) does: calls `delete` of every webhook. */
  deactivate(): Promise<void>;
}
