param flag bool
param count int
param text string
param items array
param bag object
// operators want fitting kinds
output sum int = count + text
output both bool = flag && count
output not bool = !text
output minus int = -flag
output less bool = text < count
output chosen string = text ? 'a' : 'b'
// accesses
output member string = text.length
output first string = count[0]
output byText string = items['a']
output byNumber string = bag[0]
output wrongIndex string = { a: 'b' }[true]
output unknown string = { alpha: 'a' }.alpah
output noMember object = { alpha: 'a' }.zulu
// the same key twice, and a value that is no object
output twice object = {
  a: 1
  a: 2
}
output assigned string = 1
output folded int = 1 + 2
