import { color, twice as doubled, base } from 'shared.bicep'
import * as all from 'shared.bicep'
param paint all.paint
param shade color
param depth all.paint.layers[*].depth
output a object = doubled(base)
output b object = all.deeper(all.base)
output c array = all.list
