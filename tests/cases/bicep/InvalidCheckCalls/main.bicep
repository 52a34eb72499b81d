func double(value int) int => value * 2
func wrongResult(value int) string => value
func unknownKind(value notThere) string => 'a'

var tooFew = toLower()
var tooMany = toLower('a', 'b')
var wrongArgument = toLower(1)
var noOverload = length(1)
var nearby = toUpperr('a')
var noFunction = completelyElse('a')
var doubled = double('two')
var count = double(1, 2)
var onlyDefaults = utcNow()
var inlineOnly = resourceId(1)
var notAFunction = count()
var spaced = sys.completelyElse()
var lambda = x => x
var mapped = map([1, 2], item => item.name)
var filtered = filter([1, 2], item => 'yes')
var sorted = sort([1, 2], only => true)
output used array = [
  tooFew, tooMany, wrongArgument, noOverload, nearby, noFunction, doubled, count, onlyDefaults, inlineOnly
  notAFunction, spaced, mapped, filtered, sorted
]
