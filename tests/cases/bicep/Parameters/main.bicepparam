using 'main.bicep'
extends 'base.bicepparam'
import { start, greet } from 'shared.bicep'
import * as all from 'shared.bicep'

var names = ['a', 'b']
param text = greet('you')
param numbers = [for (n, i) in names: '${n}${i + start}']
param hash = uniqueString('snap', 'crackle', 'pop')
param nested = {
  file: loadTextContent('note.txt')
  list: all.list
  base: base.inherited
  chosen: length(names) > 1 ? toUpper(names[0]) : 'none'
}
param secret = az.getSecret('00000000-0000-0000-0000-000000000000', 'group', 'vault', 'name', 'v1')
param later = 'x-${externalInput('sys.cli', 'later')}'
