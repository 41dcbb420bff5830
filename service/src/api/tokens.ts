/** Injection tokens of what has no class of its own. */
export const CHANNEL_IO = Symbol('ConnectorIo');
