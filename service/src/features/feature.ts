/**
 * Says what a feature is: parts that the kernel folds into the pipelines. Every member is optional, and nothing in the kernel knows a feature by
 * its name; `features/index.ts` lists them all.
 */
import type { ProblemCode } from '../../../contract/api.ts';
import type { Accounts } from '../connectors/accounts.ts';
import type { ConnectorIo } from '../connectors/connector.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Sealer } from '../core/sealer.ts';
import type { Publisher } from '../events/publish.ts';
import type { Reaction } from '../events/reaction.ts';
import type { LeftOutHeeder } from '../inbound/left-out.ts';
import type { NormalizeHandler } from '../inbound/normalize.ts';
import type { Eraser } from '../maintenance/erase.ts';
import type { MaintenanceTask } from '../maintenance/maintenance.ts';
import type { PersonEraser } from '../maintenance/person-eraser.ts';
import type { Ages, RetentionPart } from '../maintenance/retention-part.ts';
import type { Admission } from '../outbound/admit.ts';
import type { PermissionRule } from '../outbound/permission.ts';
import type { FileRenewal } from '../outbound/renewals.ts';
import type { JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger } from '../store/ledger.ts';

/** Says what the kernel gives to features. */
export interface Kernel {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  publisher: Publisher;
  /** Admits sends by the rules of every send. */
  admission: Admission;
  /** Reads again a webhook that could not be read. */
  reader: Pick<NormalizeHandler, 'replay'>;
  /** Erases a person, by every feature's part of it. */
  eraser: Eraser;
  clock: WatchedClock;
  ids: Ids;
  sealer: Sealer;
  /** Says what a connector reaches the provider with. */
  io: ConnectorIo;
  /** Says how long what is said is kept. */
  keep: Ages;
  /** Holds a folder for files on their way, emptied at each start. */
  spoolDir: string;
  /** No file is larger. */
  maxBytes: number;
  files: FileKeeping;
}

/** Says how files of contacts are kept. */
export interface FileKeeping {
  /** Says how long files are kept, in milliseconds; `Infinity`: as long as what was said; 0: not at all. */
  ms: number;
  /** Bounds all files together. */
  maxTotalBytes: number;
  folder: string;
}

/** Describes a controller: a class of Nest's, to be made with what it is given. */
export type Controller = new (...given: never[]) => object;

/** Describes a gauge, with a value for each of a closed list of labels: each is a time series for ever. */
export interface FeatureGauge {
  /** Stands without the prefix `parley_`. */
  name: string;
  help: string;
  /** Says what the labels are called. */
  label: string;
  /** Answers at each scrape the value of each label. */
  read(): Promise<Record<string, number>>;
}

/** Describes the parts of a feature. */
export interface Feature {
  /** Names it in logs and errors; no other feature has it. */
  readonly name: string;
  /** Does work of its own, each kind by one handler. */
  readonly jobs?: readonly JobHandler[];
  /** Does long work in small steps, each by its name. */
  readonly tasks?: readonly MaintenanceTask[];
  /** Says what it does when a fact becomes true. */
  readonly reactions?: readonly Reaction[];
  /** Says what it says against sends. */
  readonly permissionRules?: readonly PermissionRule[];
  /** Says how it gives providers anew what they lost of messages. */
  readonly files?: readonly FileRenewal[];
  /** Says how it forgets a person. */
  readonly erase?: readonly PersonEraser[];
  /** Says what it keeps of webhooks that are read after the person they tell of was erased. */
  readonly leftOutHeeders?: readonly LeftOutHeeder[];
  /** Says how it drops what is old. */
  readonly retain?: readonly RetentionPart[];
  /** Says what the operator sees of it at /metrics. */
  readonly metrics?: readonly FeatureGauge[];
  /** Answers its routes, a module of Nest's of their own. A process of the role `worker` has none. */
  readonly controllers?: readonly Controller[];
  /** Codes of problems that only it answers; it merges them into `ProblemCodes` of the contract. */
  readonly codes?: readonly ProblemCode[];
  /** Paths of them that are still answered, but deprecated. */
  readonly deprecated?: readonly string[];
  /** Says what its controllers are given, each by its class; those of other features are not. */
  readonly services?: readonly object[];
}

/** Makes a feature of what the kernel gives, once in a process. */
export type MakeFeature = (kernel: Kernel) => Feature;
