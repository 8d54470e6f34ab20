import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSecretKey, redact, redactText } from '../../src/redact/redact.ts'
import { isSecretContainer } from '../../src/redact/secret-names.ts'

// The opposite of the table of secrets: what somebody who reads a trace wants to read.

const FINGERPRINT = '06b86454720d36b20f94e31c6812e05ec51c1b568cf3a8abd273769d213394bb'
const CERTIFICATE = `-----BEGIN CERTIFICATE-----\n${'MIIBeyJ0Key/Pass'.repeat(4)}\nAAAAKey==\n-----END CERTIFICATE-----\n`
const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9vjU me@example.org'

const NAMES = [
  'limits.memory',
  'limits.cpu',
  'limits.cpu.pin_strategy',
  'boot.autostart',
  'user.owner',
  'user.environment',
  'user.author',
  'user.compass',
  'security.secureboot',
  'security.nesting',
  'security.protection.delete',
  'core.https_address',
  'core.https_allowed_credentials',
  'core.remote_token_expiry',
  'core.auth_secret_expiry',
  'core.trust_ca_certificates',
  'cluster.join_token_expiry',
  'oidc.client.id',
  'oidc.issuer',
  'loki.auth.username',
  'rbac.agent.public_key',
  'authorization.scriptlet',
  'network.ovn.client_cert',
  'volatile.base_image',
  'volatile.eth0.hwaddr',
  'volatile.cloud-init.instance-id',
  'volatile.last_state.power',
  'volatile.uuid',
  'image.os',
  'description',
  'keyboard',
  'keys',
  'keymap',
  'author',
  'pinned',
  'passthrough',
  'signal',
  'fs_type',
  'filesystem',
  'certificate',
  'certificate_fingerprint',
  'fingerprint',
  'auth_methods',
  'auth_user_name',
  'authentication_method',
  'metadata',
  'etag',
  'x-lxd-uid',
  'ssh_public_key',
]

test('what has a name of no secret is shown', () => {
  for (const name of NAMES) {
    assert.ok(!isSecretKey(name) && !isSecretContainer(name), name)
    const document = { config: { [name]: 'readable' }, [name]: ['readable', { [name]: 7 }] }
    assert.deepEqual(redact(document), document)
  }
})

test('what servers answer is shown as it is', () => {
  const documents = [
    {
      type: 'sync',
      metadata: {
        auth: 'trusted',
        auth_methods: ['tls', 'oidc'],
        api_extensions: ['custom_block_volumes', 'explicit_trust_token', 'instance_pool_move'],
        config: { 'core.https_address': '[::]:8443', 'core.trust_password': true },
        // Of the server itself.
        environment: {
          addresses: ['10.0.0.5:8443', '[fd42:1::1]:8443'],
          certificate: CERTIFICATE,
          certificate_fingerprint: FINGERPRINT,
          kernel_version: '6.1.0-18-amd64',
          kernel_features: { netnsid_getifaddrs: 'true' },
          server_version: '5.0.2',
        },
      },
    },
    { metadata: { auth: 'untrusted' } },
    {
      metadata: {
        name: 'web',
        status: 'Running',
        created_at: '2026-11-23T09:07:59Z',
        config: { 'limits.memory': '1GiB', 'volatile.last_state.idmap': '[{"Isuid":true,"Hostid":1000000}]' },
        devices: {
          key: { type: 'disk', source: '/srv/keys', path: '/mnt' },
          eth0: { type: 'nic', nictype: 'p2p' },
        },
        expanded_config: { 'raw.lxc': 'lxc.mount.auto = proc:rw\nlxc.apparmor.profile = unconfined\n' },
      },
    },
    { metadata: [`/1.0/images/${FINGERPRINT}`, '/1.0/instances/web?project=default&recursion=1'] },
    {
      metadata: {
        fingerprint: FINGERPRINT,
        properties: { os: 'debian', description: 'Debian 12 amd64 (20260101)' },
      },
    },
    { metadata: { fingerprint: FINGERPRINT, certificate: CERTIFICATE, type: 'client', restricted: false } },
    { type: 'lifecycle', metadata: { action: 'token-created', source: '/1.0/certificates/1', context: {} } },
    { type: 'client', token: true, password: '', projects: null },
    { command: ['sh', '-c', 'ls -p /srv; mkdir -p /srv/www'], 'wait-for-websocket': true, cwd: '/root' },
    {
      metadata: {
        configs: {
          instance: {
            keys: [
              {
                'cloud-init.user-data': {
                  longdesc: 'What cloud-init does at the first start',
                  type: 'string',
                },
              },
              { 'environment.*': { shortdesc: 'Variables', type: 'string' } },
              { 'core.trust_password': { longdesc: 'The password', scope: 'global' } },
            ],
          },
        },
      },
    },
  ]
  for (const document of documents) assert.deepEqual(redact(document), document)
})

test('what servers say is shown as it is', () => {
  const texts = [
    'Instance not found',
    'Unknown configuration key: user',
    'Invalid config: Unknown configuration key: "limits.memroy"',
    'not authorized',
    'The trust password is wrong, or the server has none',
    'Failed to run: lxd forkstart web /var/lib/lxd/containers /run/lxd/web/lxc.conf: exit status 1',
    'Device validation failed for "root": The "size" property must be a number',
    'UNIQUE constraint failed: profiles.project_id, profiles.name',
    'the first pass took 3 s, and auth: tls was asked for',
    'GET /1.0/instances?filter=name%20eq%20web&recursion=1&project=a%20b HTTP/200',
    'https://10.0.0.5:8443/1.0?x=a@b',
    'docker.io/library/nginx:1.25@sha256:06b86454720d36b2',
    'root:x:0:0:root:/root:/bin/bash',
    '2026-11-23 09:07:59 +0000 UTC',
    'Basic authentication is off; no Bearer token was sent',
    '10.0.0.5:8443 and [fd42::1]:8443',
    'images:debian/12',
    CERTIFICATE,
    SSH_KEY,
    FINGERPRINT,
    Buffer.from(CERTIFICATE).toString('base64'),
  ]
  for (const text of texts) assert.equal(redactText(text), text)
})

test('of a text with a secret, all else is shown', () => {
  const shown: Readonly<Record<string, string>> = {
    'password: |\n  hunter2\nname: web\n': 'password: ***\nname: web\n',
    'users:\n  - name: me\n    passwd: hunter2\n    shell: sh\n':
      'users:\n  - name: me\n    passwd: ***\n    shell: sh\n',
    '{"name":"web","password":"hunter2","owner":"me"}': '{"name":"web","password":"***","owner":"me"}',
    '{"tokens":["a","b"],"pin":1234,"owner":"me"}': '{"tokens":***,"pin":***,"owner":"me"}',
    'cannot set password=hunter2 on web': 'cannot set password=*** on web',
    '/1.0/x?a=1&secret=hunter2&filter=name%20eq%20web': '/1.0/x?a=1&secret=***&filter=name%20eq%20web',
    '/1.0/x?filter=config.user.pin%20eq%201234&a=1': '/1.0/x?filter=config.user.pin%20eq%20***&a=1',
    'http://me:hunter2@proxy:3128/x is down': 'http://me:***@proxy:3128/x is down',
    'mysql --password hunter2 --host db': 'mysql --password *** --host db',
    'docker login -u me -p hunter2 example.org': 'docker login -u me -p *** example.org',
    'os=debian&token=hunter2&arch=amd64': 'os=debian&token=***&arch=amd64',
  }
  for (const [text, expected] of Object.entries(shown)) assert.equal(redactText(text), expected)
})
