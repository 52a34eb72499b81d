module part 'br/public:demo/part:1.2.3' = {
  name: 'part'
  params: {
    text: 'x'
  }
}
module upper 'br:example.azurecr.io/demo/part:V1' = {
  name: 'upper'
}
module spec 'ts:00000000-0000-0000-0000-000000000000/Group/Name:1.0' = {
  name: 'spec'
}
import { kind } from 'br/public:demo/types:1.0.0'
param k kind
output text string = part.outputs.text
