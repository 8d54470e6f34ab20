// Recorded from LXD 5.0.2 with `socat`: one chunk, and no Content-Length.
const HEAD = [
  'HTTP/1.1 200 OK',
  'Content-Type: application/json',
  'Etag: "78e46c3bda6177c235c68c0df9341d6fe0b91f0fea1f1d1739558661c927296d"',
  'Date: Mon, 23 Nov 2026 14:14:39 GMT',
  'Transfer-Encoding: chunked',
]

// biome-ignore format: it is one line on the wire
const DOCUMENT = String.raw`{"type":"sync","status":"Success","status_code":200,"operation":"","error_code":0,"error":"","metadata":{"architecture":"x86_64","config":{"image.description":"busybox","image.os":"busybox","image.release":"static","volatile.base_image":"21d1d85d40162649752813b550baeef25b7fd7d09f7fafb5b1c897422af22810","volatile.cloud-init.instance-id":"30da2315-8595-4492-80f5-971cc304f7d9","volatile.idmap.base":"0","volatile.idmap.current":"[{\"Isuid\":true,\"Isgid\":false,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001},{\"Isuid\":false,\"Isgid\":true,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001}]","volatile.idmap.next":"[{\"Isuid\":true,\"Isgid\":false,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001},{\"Isuid\":false,\"Isgid\":true,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001}]","volatile.last_state.idmap":"[{\"Isuid\":true,\"Isgid\":false,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001},{\"Isuid\":false,\"Isgid\":true,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001}]","volatile.last_state.power":"RUNNING","volatile.uuid":"729d4efd-62c3-4ea6-afa6-88437a996076"},"devices":{},"ephemeral":false,"profiles":["default"],"stateful":false,"description":"","created_at":"2026-11-23T14:14:39.706320929Z","expanded_config":{"image.description":"busybox","image.os":"busybox","image.release":"static","volatile.base_image":"21d1d85d40162649752813b550baeef25b7fd7d09f7fafb5b1c897422af22810","volatile.cloud-init.instance-id":"30da2315-8595-4492-80f5-971cc304f7d9","volatile.idmap.base":"0","volatile.idmap.current":"[{\"Isuid\":true,\"Isgid\":false,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001},{\"Isuid\":false,\"Isgid\":true,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001}]","volatile.idmap.next":"[{\"Isuid\":true,\"Isgid\":false,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001},{\"Isuid\":false,\"Isgid\":true,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001}]","volatile.last_state.idmap":"[{\"Isuid\":true,\"Isgid\":false,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001},{\"Isuid\":false,\"Isgid\":true,\"Hostid\":100000,\"Nsid\":0,\"Maprange\":10000001}]","volatile.last_state.power":"RUNNING","volatile.uuid":"729d4efd-62c3-4ea6-afa6-88437a996076"},"expanded_devices":{"root":{"path":"/","pool":"default","type":"disk"}},"name":"web","status":"Running","status_code":103,"last_used_at":"2026-11-23T14:14:39.897063103Z","location":"none","type":"container","project":"default"}}
`

/** A real server's answer to `GET /1.0/instances/web`, an ordinary running container. */
export const instanceAnswer = `${HEAD.join('\r\n')}\r\n\r\n${chunk(DOCUMENT)}${chunk('')}`

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}
