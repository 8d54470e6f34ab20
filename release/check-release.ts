/** What is to be released. */
export interface Release {
  /** Such as `v0.2.0`. */
  readonly tag: string
  readonly packageJson: { readonly version: string; readonly author?: string }
  readonly changelog: string
}

/** What the release says of itself, and why it can't be one. */
export interface CheckedRelease {
  readonly notes: string
  readonly faults: readonly string[]
}

/** What stands in package.json in place of the owner, who is to fill it in there, and nowhere else. */
export const PLACEHOLDER = 'OWNER'

/** Checks a release: tag, version and changelog agree, and no placeholder is left. */
export function checkRelease({ tag, packageJson, changelog }: Release): CheckedRelease {
  const { version } = packageJson
  const section = sectionOf(changelog, version)
  const faults = [
    tag !== `v${version}` && `The tag is ${tag || '(none)'}, but package.json has version ${version}`,
    section === undefined &&
      `CHANGELOG.md has no section “## ${version}” with a date, such as “## ${version} - 2026-12-01”`,
    section === '' && `CHANGELOG.md says nothing of ${version}`,
    JSON.stringify(packageJson).includes(PLACEHOLDER) &&
      `package.json still has the placeholder ${PLACEHOLDER}`,
  ]
  return { notes: section ?? '', faults: faults.filter(fault => fault !== false) }
}

function sectionOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find(text => /^(\S+) - \d{4}-\d{2}-\d{2}\n/.exec(text)?.[1] === version)
  return section?.slice(section.indexOf('\n')).trim()
}
