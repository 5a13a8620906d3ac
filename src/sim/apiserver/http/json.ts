export { parseJson, type Parsed } from '../../api/go-json.ts'
