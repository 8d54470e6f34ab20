export type { FakeCommand, FakeExec, FakeOutput } from './testing/commands.ts'
export { type FakeInstance, FakeServer, type FakeServerOptions, fakeServer } from './testing/fake-server.ts'
export type { Delay, Failure } from './testing/faults.ts'
