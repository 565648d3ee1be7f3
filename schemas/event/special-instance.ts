/** Those whose marks say no instance, as one. No id is written so. */
export const UNNAMED_INSTANCE = 'unnamed'
/** Instances that are more than a source may have, as one. */
export const OTHER_INSTANCES = 'others'
