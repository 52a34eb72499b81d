var text = loadTextContent('note.txt')
var json = loadJsonContent('data.json')
var part = loadJsonContent('data.json', '$.items[?(@.price > 1)].name')
var bytes = sys.loadFileAsBase64('note.txt')
output inline string = '${loadTextContent('note.txt')}!'
output object object = {
  json: json
  part: part
  files: loadDirectoryFileInfo('./assets', '*.txt')
  text: text
  bytes: bytes
}
func f() string => loadTextContent('note.txt')
output g string = f()
