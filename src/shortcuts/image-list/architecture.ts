/** Debian's names of architectures by those of the kernel, which the servers use, and of Node.js. */
const DEBIAN_NAMES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  x64: 'amd64',
  i686: 'i386',
  ia32: 'i386',
  aarch64: 'arm64',
  armv7l: 'armhf',
  armv8l: 'armhf',
  arm: 'armhf',
  ppc64le: 'ppc64el',
  loongarch64: 'loong64',
}

/** Returns Debian's name of an architecture; a name that has no other is returned as it is. */
export function debianArchitecture(name: string): string {
  return DEBIAN_NAMES[name] ?? name
}
