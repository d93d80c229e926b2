import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'src/api/schema.ts'] },
  ...ts.configs.strict,
  hooks.configs.flat['recommended-latest'],
  { rules: { 'max-lines': ['error', 400], 'no-console': 'error' } },
  {
    files: ['src/canvas/**', 'src/grid/**', 'src/desk/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['react*', '@mantine/*', '@tanstack/*', '../parts/*', '../pages/*'] }],
    },
  },
)
