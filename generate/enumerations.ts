import type { Enumeration } from './model.ts'

/** Values that the servers document only in prose; a test checks those that real servers answer. */
export const enumerations: Readonly<Record<string, Enumeration>> = {
  CertificateType: {
    summary: 'What a certificate may be used for.',
    values: ['client', 'metrics', 'server'],
  },
  ClusterMemberAction: { summary: 'What to do with a cluster member.', values: ['evacuate', 'restore'] },
  ConsoleType: { summary: 'Text, or the display of a virtual machine.', values: ['console', 'vga'] },
  EventType: {
    summary: 'The type of an event; `network-acl` and `ovn` are log lines.',
    values: ['lifecycle', 'logging', 'network-acl', 'operation', 'ovn', 'security'],
  },
  ImageSourceType: {
    summary: 'The source of an image.',
    values: ['container', 'image', 'instance', 'snapshot', 'url', 'virtual-machine'],
  },
  InstanceAction: {
    summary: 'What to do with an instance.',
    values: ['freeze', 'restart', 'start', 'stop', 'unfreeze'],
  },
  InstanceSourceType: {
    summary: 'The source of an instance; `conversion` is LXD only.',
    values: ['conversion', 'copy', 'image', 'migration', 'none'],
  },
  InstanceStatus: {
    summary: 'The state of an instance.',
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
  InstanceType: { summary: 'The type of an instance.', values: ['container', 'virtual-machine'] },
  NetworkACLAction: {
    summary: 'What a rule does with traffic.',
    values: ['allow', 'allow-stateless', 'drop', 'reject'],
  },
  NetworkACLState: { summary: 'Whether a rule is active.', values: ['disabled', 'enabled', 'logged'] },
  OperationClass: {
    summary: 'The class of an operation; `durable` ones survive a restart of a newer LXD.',
    values: ['durable', 'task', 'token', 'websocket'],
  },
  OperationStatus: {
    summary: 'The state of an operation.',
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
  ServerAuth: { summary: 'Whether the server trusts the client.', values: ['trusted', 'untrusted'] },
  StorageVolumeSourceType: { summary: 'The source of a volume.', values: ['copy', 'migration'] },
  TransferMode: {
    summary: 'Which side of a migration connects to the other.',
    values: ['pull', 'push', 'relay'],
  },
  WarningSeverity: { summary: 'The severity of a warning.', values: ['high', 'low', 'moderate'] },
  WarningStatus: { summary: 'The state of a warning.', values: ['acknowledged', 'new', 'resolved'] },
}
