import { cleanOrphans } from './clean-up.ts'

await cleanOrphans()
