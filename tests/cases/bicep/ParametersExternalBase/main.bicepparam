using 'main.bicep'
extends 'shared.bicepparam'

// known although the base also asks for something external
param tags = {
  ...base.tags
  child: toLower('CHILD')
}

// asks for the external input of the base
param both = {
  ...base.given
  own: 'own'
}

param picked = base.tags.parent
