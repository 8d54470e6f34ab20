import type { Enumeration } from './model.ts'

/** Values that the servers know only in prose; those that came back from live servers are checked by a test. */
export const enumerations: Readonly<Record<string, Enumeration>> = {
  CertificateType: {
    summary: 'What a certificate may be used for.',
    values: ['client', 'metrics', 'server'],
  },
  ClusterMemberAction: { summary: 'What to do with a cluster member.', values: ['evacuate', 'restore'] },
  ConsoleType: { summary: 'Text, or the display of a virtual machine.', values: ['console', 'vga'] },
  EventType: {
    summary: 'What an event is about; `network-acl` and `ovn` are log lines.',
    values: ['lifecycle', 'logging', 'network-acl', 'operation', 'ovn', 'security'],
  },
  ImageSourceType: {
    summary: 'What an image is made from.',
    values: ['container', 'image', 'instance', 'snapshot', 'url', 'virtual-machine'],
  },
  InstanceAction: {
    summary: 'What to do with an instance.',
    values: ['freeze', 'restart', 'start', 'stop', 'unfreeze'],
  },
  InstanceSourceType: {
    summary: 'What an instance is made from; `conversion` is LXD only.',
    values: ['conversion', 'copy', 'image', 'migration', 'none'],
  },
  InstanceStatus: {
    summary: 'What an instance is doing.',
    values: [
      'Aborting',
      'Error',
      'Freezing',
      'Frozen',
      'Ready',
      'Running',
      'Starting',
      'Stopped',
      'Stopping',
      'Thawed',
    ],
  },
  InstanceStatusCode: {
    summary:
      'Stopped 102, running 103, starting 106, stopping 107, aborting 108, freezing 109, frozen 110, thawed 111, error 112, ready 113.',
    values: [102, 103, 106, 107, 108, 109, 110, 111, 112, 113],
  },
  InstanceType: { summary: 'What kind of instance.', values: ['container', 'virtual-machine'] },
  NetworkACLAction: {
    summary: 'What a rule does with traffic.',
    values: ['allow', 'allow-stateless', 'drop', 'reject'],
  },
  NetworkACLState: { summary: 'Whether a rule counts.', values: ['disabled', 'enabled', 'logged'] },
  OperationClass: {
    summary: 'How an operation is followed; `durable` ones survive a restart of a newer LXD.',
    values: ['durable', 'task', 'token', 'websocket'],
  },
  OperationStatus: {
    summary: 'How far an operation is.',
    values: [
      'Cancelled',
      'Cancelling',
      'Failure',
      'Operation created',
      'Pending',
      'Running',
      'Started',
      'Stopped',
      'Success',
    ],
  },
  OperationStatusCode: {
    summary:
      'Created 100, started 101, stopped 102, running 103, cancelling 104, pending 105, success 200, failure 400, cancelled 401.',
    values: [100, 101, 102, 103, 104, 105, 200, 400, 401],
  },
  ServerAuth: { summary: 'Whether the server trusts who asks.', values: ['trusted', 'untrusted'] },
  StorageVolumeSourceType: { summary: 'What a volume is made from.', values: ['copy', 'migration'] },
  TransferMode: { summary: 'Who connects to whom.', values: ['pull', 'push', 'relay'] },
  WarningSeverity: { summary: 'How bad it is.', values: ['high', 'low', 'moderate'] },
  WarningStatus: { summary: 'What became of a warning.', values: ['acknowledged', 'new', 'resolved'] },
}
