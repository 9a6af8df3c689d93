// Only what a rewrite may leave behind: names that nothing uses.
const rules = { 'no-unused-vars': ['error', { args: 'after-used', caughtErrors: 'all' }] };

module.exports = [
  { ignores: ['**/dist/**', '**/node_modules/**'] },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { sourceType: 'module' }, rules },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' }, rules },
];
