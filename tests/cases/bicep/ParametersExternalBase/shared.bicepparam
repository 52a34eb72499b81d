using none

param given = externalInput('source.kind', 'settings')
param tags = {
  parent: 'parent'
}
