import { isRecord } from '../common/is-record.ts'
import { redactText } from '../redact/redact.ts'
import type { APIRequest } from '../request/request.ts'

// Characters of a command that are shown.
const MAX_SHOWN = 100

/** A short description of the call that started an operation: `POST /1.0/instances/web/exec: nginx`. */
export function describeCall({ method, redactedPath, body }: APIRequest): string {
  const program = programIn(body)
  return `${method} ${redactedPath}${program === undefined ? '' : `: ${program}`}`
}

// Its arguments may be secrets.
function programIn(body: unknown): string | undefined {
  const first: unknown = isRecord(body) && Array.isArray(body.command) ? body.command[0] : undefined
  if (typeof first !== 'string') return undefined
  const [program] = first.trim().split(/\s/, 1)
  return program && redactText(program).slice(0, MAX_SHOWN)
}
