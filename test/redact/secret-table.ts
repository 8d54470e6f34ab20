import { stringify } from 'yaml'

/** Something that must not be shown, in each form in which it can stand somewhere. */
export interface Secret {
  readonly name: string
  /** What must be nowhere in what is shown. */
  readonly hidden: string
  /** A JSON document that it is part of. */
  readonly document: Readonly<Record<string, unknown>>
  /** Texts that it is part of. */
  readonly texts: readonly string[]
  /** The query string of a URL that it is part of. */
  readonly query: Readonly<Record<string, string>>
  /** The headers that it is part of. */
  readonly headers: Readonly<Record<string, string>>
}

const HIDDEN = 'hunter2'
// Two words, of which none may be seen.
const WORDS = 'hunter2 or hunter2'

const CONFIG_KEYS = [
  'user.password',
  'user.passwd',
  'user.db_pass',
  'user.rootpw',
  'user.mysql_pwd',
  'user.passphrase',
  'user.apikey',
  'user.api_key',
  'user.apiKey',
  'user.api.keys',
  'user.token',
  'user.device_code',
  'user.authToken',
  'user.secret',
  'user.client-secret',
  'user.auth',
  'user.creds',
  'user.credentials',
  'user.cookie',
  'user.pin',
  'user.psk',
  'user.jwt',
  'user.totp',
  'user.hmac',
  'user.signature',
  'user.private_key',
  'user.privateKey',
  'user.ssh-key',
  'user.encryption.key',
  'user.aws_secret_access_key',
  'user.AWS_ACCESS_KEY_ID',
  'core.trust_password',
  'oidc.client.secret',
  'maas.api.key',
  'rbac.agent.private_key',
  'loki.auth.password',
  'logging.loki01.target.password',
  'openfga.api.token',
  'network.ovn.client_key',
  'acme.provider.environment',
  'powerflex.user.password',
  'pure.api.token',
  'truenas.api_key',
  'bgp.peers.uplink.password',
  'peers.ns1.key',
  'environment.DB_PASS',
  'environment.GREETING',
  'user.user-data',
  'user.vendor-data',
  'user.meta-data',
  'user.network-config',
  'cloud-init.user-data',
  'cloud-init.vendor-data',
  'cloud-init.network-config',
]

const VARIABLES = ['DB_PASS', 'MYSQL_PWD', 'APIKEY', 'CREDS', 'AUTH', 'PIN', 'DATABASE', 'greeting']

const FIELDS = [
  'password',
  'trust_password',
  'cluster_password',
  'trust_token',
  'join_token',
  'cluster_token',
  'secret',
  'secret-key',
  'access-key',
  'secret_key',
  'cluster_certificate_key',
  'client_key',
]

const PARAMETERS = [
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'client_secret',
  'password',
  'pwd',
  'apikey',
  'api_key',
  'auth',
  'sig',
  'signature',
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
]

const HEADERS = [
  'Authorization',
  'Proxy-Authorization',
  'Cookie',
  'Set-Cookie',
  'X-Api-Key',
  'X-Auth-Token',
  'X-Auth',
]

const CLOUD_INIT = {
  'a password': `#cloud-config\npassword: hunter2\nname: web\n`,
  'a password in quotes': `#cloud-config\npassword: "${WORDS}"\n`,
  'a password in single quotes': `#cloud-config\npassword: 'it''s ${WORDS}'\n`,
  'a password of words': `#cloud-config\npassword: ${WORDS}\n`,
  'a password in a block': `#cloud-config\npassword: |\n  ${WORDS}\n\n  hunter2\nname: web\n`,
  'a password that is folded': `users:\n  - name: me\n    passwd: >-\n      hunter2\n      hunter2\n    shell: sh\n`,
  'a password that goes on': `password: my\n  hunter2\n`,
  'a password between braces': `users: [{ name: me, passwd: hunter2, lock_passwd: false }]\n`,
  'a list for chpasswd': `chpasswd:\n  expire: false\n  list: |\n    root:hunter2\n    me:hunter2\nname: web\n`,
  'a list of lines for chpasswd': `chpasswd:\n  list:\n  - root:hunter2\n  expire: false\n`,
  'a list for chpasswd on one line': `chpasswd: { list: "root:hunter2", expire: false }\n`,
  'files to write': `write_files:\n- path: /root/.pgpass\n  content: |\n    localhost:5432:db:me:hunter2\n`,
  'commands to run': `runcmd:\n  - echo hunter2 | passwd --stdin root\n  - [sh, -c, 'echo hunter2']\n`,
  'credentials of AWS': `[default]\naws_access_key_id = hunter2\naws_secret_access_key = hunter2\nregion = eu-1\n`,
  'a log-in to a registry': `#!/bin/sh\ndocker login -u me -p hunter2 registry.example\n`,
  'a log-in in quotes': `#!/bin/sh\ndocker login -u me -p "${WORDS}" registry.example\n`,
  'a client of MySQL': `#!/bin/sh\nmysql -u root -phunter2 db\n`,
  'an export': `#!/bin/sh\nexport DB_PASS='${WORDS}'\necho done\n`,
  'an apostrophe in a shell': `#!/bin/sh\nDB_PASS='hunter2'\\''s ${WORDS}' ./start\n`,
  'a user of curl': `#!/bin/sh\ncurl -u me:hunter2 https://example.org\n`,
  'an option': `#!/bin/sh\ncurl --token hunter2 --password "${WORDS}" https://example.org\n`,
  'a pipe to chpasswd': `#!/bin/sh\necho 'root:hunter2' | chpasswd\n`,
  'a header': `#!/bin/sh\ncurl -H 'Authorization: Bearer hunter2' https://example.org\n`,
}

const TEXTS = {
  'a URL with a password': 'cannot fetch http://me:hunter2@proxy.example:3128/x',
  'a URL with an address as its user': 'cannot fetch http://me@corp:hunter2@proxy.example:3128/x',
  'a URL with a password that has an @': 'cannot fetch http://me:hunter2@hunter2@proxy.example',
  'an encoded URL with a password': 'GET /x?url=http%3A%2F%2Fme%3Ahunter2%40proxy.example%2Fx failed',
  'a filter': 'GET /1.0/instances?filter=config.user.password%20eq%20hunter2 failed',
  'a parameter in quotes': 'see ?password="hunter2 or hunter2" and on',
  'a comment': `# the old one:\n#password=${WORDS}\n`,
  'an assignment': 'cannot set password=hunter2 on web',
  'an assignment in quotes': `cannot set password="${WORDS}" on web`,
  'JSON in a text': `cannot read {"name":"web","password":"${WORDS}"} here`,
  'JSON with an environment': `cannot read {"environment":{"GREETING":"hunter2","X":"}"},"name":"web"} here`,
  'JSON in JSON': `cannot read "{\\"password\\":\\"hunter2\\"}" here`,
  'a private key': '-----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY-----\n',
  'a key of PGP': '-----BEGIN PGP PRIVATE KEY BLOCK-----\nhunter2\n-----END PGP PRIVATE KEY BLOCK-----\n',
  'a bearer': 'the server did not like Bearer hunter2hunter2',
}

// What is known by its form; each is no real one.
const FORMS = {
  'a trust token': Buffer.from(JSON.stringify({ client_name: 'me', secret: 'hunter2' })).toString('base64'),
  'a JWT': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"me"}').toString('base64url')}.c2ln`,
  'a token of GitHub': `ghp_${'a1B2'.repeat(9)}`,
  'a token of GitLab': `glpat-${'a1B2'.repeat(5)}`,
  'a key id of AWS': `AKIA${'A1B2'.repeat(4)}`,
  'a key in base64': Buffer.from('-----BEGIN PRIVATE KEY-----\nMHcCAQEE\n').toString('base64'),
  'a hash of crypt()': '$6$rounds=4096$saltsalt$abcdefghijklmnopqrstuvwxyz',
}

const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'the websockets of an exec': { metadata: { fds: { 0: HIDDEN, 1: HIDDEN, control: HIDDEN } } },
  'the websockets of a migration': { metadata: { control: HIDDEN, fs: HIDDEN, criu: HIDDEN } },
  'the secrets of a migration': { secrets: { control: HIDDEN, rsync: HIDDEN } },
  'the websockets of a target': { source: { type: 'migration', websockets: { rsync: HIDDEN } } },
  'a list of tokens': { tokens: [HIDDEN, { value: HIDDEN }] },
  'credentials in an object': { credentials: { login: HIDDEN, data: [HIDDEN] } },
  'a PIN that is a number': { config: { 'user.pin': 4711 } },
  'an option of a command': { command: ['mysql', '--password', HIDDEN] },
  'an option with its value': { command: ['mysql', `--password=${HIDDEN}`] },
  'a shell': { command: ['sh', '-c', `DB_PASS=${HIDDEN} ./start`] },
}

/** All of them. */
export const SECRETS: readonly Secret[] = [
  ...CONFIG_KEYS.map(key => ofDocument(`config key ${key}`, { config: { [key]: HIDDEN } })),
  ...CONFIG_KEYS.slice(0, 3).map(key => ofDocument(`words of ${key}`, { config: { [key]: WORDS } })),
  ...VARIABLES.map(key => ofDocument(`variable ${key}`, { command: ['ls'], environment: { [key]: HIDDEN } })),
  ...FIELDS.map(key => ofDocument(`field ${key}`, { type: 'client', [key]: HIDDEN })),
  ...Object.entries(DOCUMENTS).map(([name, document]) => ofDocument(name, document)),
  // In the text of a list, the `-p` of `docker login` is too far from it.
  {
    ...ofDocument('a log-in by a command', { command: ['docker', 'login', '-u', 'me', '-p', HIDDEN] }),
    texts: [],
  },
  ...PARAMETERS.map(ofParameter),
  ...HEADERS.map(ofHeader),
  ...Object.entries(TEXTS).map(([name, text]) => ofText(name, text)),
  ...Object.entries(CLOUD_INIT).map(([name, text]) => ofText(`${name} in a text`, text)),
  ...Object.entries(CLOUD_INIT).map(([name, text]) => ofCloudInit(`${name} for cloud-init`, text)),
  ...Object.entries(FORMS).map(([name, form]) => ofText(name, `there is ${form} in it`, form)),
]

function ofDocument(name: string, document: Record<string, unknown>): Secret {
  const hidden = JSON.stringify(document).includes(HIDDEN) ? HIDDEN : '4711'
  const texts = [JSON.stringify(document), JSON.stringify(document, null, 2), stringify(document)]
  return {
    name,
    hidden,
    document,
    texts: hidden === HIDDEN ? texts : texts.slice(0, 2),
    query: {},
    headers: {},
  }
}

function ofText(name: string, text: string, hidden = HIDDEN): Secret {
  const document = { description: text, config: { 'user.note': text }, list: [text] }
  return { name, hidden, document, texts: [text], query: { filter: text }, headers: {} }
}

function ofCloudInit(name: string, text: string): Secret {
  const document = { config: { 'user.user-data': text, 'cloud-init.vendor-data': text } }
  return { name, hidden: HIDDEN, document, texts: [JSON.stringify(document)], query: {}, headers: {} }
}

function ofParameter(parameter: string): Secret {
  const url = `/1.0/x?project=web&${parameter}=hunter2%20x&y=1`
  const texts = [`GET ${url} failed`, `see "https://h.example${url}"`]
  const document = { source: { type: 'image', url: `https://h.example${url}` } }
  return {
    name: `parameter ${parameter}`,
    hidden: HIDDEN,
    document,
    texts,
    query: { [parameter]: 'hunter2 x' },
    headers: {},
  }
}

function ofHeader(header: string): Secret {
  const value = `Bearer hunter2`
  const texts = [`${header}: ${value}`, `it was sent ${header}: ${value}`, `{"${header}":"${value}"}`]
  return {
    name: `header ${header}`,
    hidden: HIDDEN,
    document: { headers: { [header]: value } },
    texts,
    query: {},
    headers: { [header]: value },
  }
}
