param noKind
param wrongDefault int = 'one'
param unknown strin
@minLength(3)
param lengthOfNumber int
@minValue(1)
param limitOfText string
@allowed([])
param nothing string
@allowed([
  'a'
  1
])
param mixed string
@allowed([
  'a'
])
param notOneOfThem string = 'b'
@secure()
param secureNumber int
@secure()
param secureDefault string = 'not a secret'
@description(1)
param described string
@maxLength(5)
@maxLength(6)
param twice string = 'a'
@metadata({
  description: 1
})
param meta string
param other string = unknown
param self string = self
@sys.unknownDecorator()
param decorated string
output all array = [wrongDefault, lengthOfNumber, described, twice]
