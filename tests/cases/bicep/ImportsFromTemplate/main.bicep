import { color, twice as doubled, base } from 'shared.json'
import * as all from 'shared.json'
param paint all.paint
param shade color
output a object = doubled(base)
output b object = all.deeper(all.base)
output c array = all.list
