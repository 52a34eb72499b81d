module a 'br/public:not/there:1.0.0' = {
  name: 'a'
}
