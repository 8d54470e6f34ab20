export { imageGetFingerprint } from './shortcuts/fingerprint.ts'
export {
  type ImageOptions,
  imageAbsent,
  imageAliasPresent,
  imageGet,
  imagePresent,
} from './shortcuts/image.ts'
// The names of the Python library, from when all instances were containers.
export {
  type InstanceConfig,
  type InstanceStatus,
  instanceAbsent,
  instanceAbsent as containerAbsent,
  instanceApplyConfig,
  instanceApplyConfig as containerApplyConfig,
  instanceApplyStatus,
  instanceApplyStatus as containerApplyStatus,
  instanceGet,
  instanceGet as containerGet,
  type StatusOptions,
} from './shortcuts/instance.ts'
export type { ApiRoot } from './shortcuts/resource.ts'
