/** Why shippers of one source keep it from being complete: nobody but a person can tell what has become of them. */
export const INSTANCE_REASONS = ['instance_silent', 'progress_copied', 'too_many_instances'] as const
type InstanceReason = (typeof INSTANCE_REASONS)[number]

const TO_DO: Readonly<Record<InstanceReason, string>> = {
  instance_silent:
    'start it again with its progress, or, if that is lost, ship what lies on its host, and then',
  progress_copied: 'stop one of the two and delete its progress, ship its files from their start, and then',
  too_many_instances:
    'give each shipper a data folder that outlasts it, or a source name of its own, ship what is missing, and then',
}

/** @param instance as marks name it: `ID on HOST`. Null where the reason is none of these. */
export function adviseOnInstance(reason: string, source: string, instance: string): string | null {
  const known = INSTANCE_REASONS.find(each => each === reason)
  const [id = ''] = instance.split(' ')
  return known === undefined
    ? null
    : `${TO_DO[known]} forbruk source retire ${source} --instance ${id} --reason TEXT`
}
