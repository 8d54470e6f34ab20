/** How many connections this process has open. */
export function openConnections(): number {
  return process.getActiveResourcesInfo().filter(name => /^(TCPSocketWrap|PipeWrap|TLSWrap)$/.test(name))
    .length
}
