/** Whether the buffers of transfers are used again; `npm run bench -- pools` measures what that brings. */
export const bufferPools = { areOn: true }
