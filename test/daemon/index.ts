export { type Certificate, type CertificateOptions, makeCertificate } from './certificate.ts'
export { cleanOrphans } from './clean-up.ts'
export { type Cluster, type ClusterMember, startCluster } from './cluster.ts'
export {
  type CliOptions,
  type Connection,
  Daemon,
  type Endpoint,
  stopAll,
  type TrustOptions,
} from './daemon.ts'
export { freePort } from './free-port.ts'
export { buildImage, buildSplitImage, type ImageOptions, type SplitImage } from './image.ts'
export { installMissing } from './install.ts'
export { mountsUnder } from './mounts.ts'
export { ALL_NEEDS, type MissingNeed, missingNeeds, missingReason, NEEDS, type Need } from './needs.ts'
export { installedVersion, type Kind, serverKinds } from './server-kinds.ts'
export { connectOverHttps, type ServerUnderTest, serversUnderTest } from './servers-under-test.ts'
export { type DaemonOptions, startDaemon, startIncus, startLxd } from './start-daemon.ts'
