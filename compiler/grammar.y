/* grammar.y -- the grammar of language 1.1, whole; lemon makes grammar.c of it.
 *
 * Zero conflicts.  Actions call builders and do nothing else: no types are
 * checked and nothing is looked up here.  Soft keywords (as fork macro const)
 * are alternatives of `name`.  The stack grows; parser.c caps the depth.
 *
 * CONDITION, IMPLIED and DEFINITIONS are no tokens of the language: parser.c
 * feeds one of them first to parse something else than a query. */
%name           eql_grammar_
%token_prefix   EQL_TOK_
%token_type     {eql_token}
%extra_context  {eql_parser *ps}
%stack_size     0
%start_symbol   program

%include {
#include <assert.h>
#include <stdlib.h>

#include "compiler/front.h"

#define YYNOERRORRECOVERY 1

static const eql_token no_token;
static const eql_ast_vec no_vec;
static const eql_expr_list no_exprs;
}

/* parser.c asks eql_grammar_accepts before it feeds a token; this is the
 * second line of defence. */
%syntax_error   { eql_syntax_report(ps, TOKEN); }
%stack_overflow { eql_arena_set_failed(ps->arena); }

%type defs        {eql_ast_vec}
%type def         {eql_def *}
%type params      {eql_ast_vec}
%type names       {eql_ast_vec}
%type query       {eql_query *}
%type implied     {eql_query *}
%type filter      {eql_body *}
%type seq_opts    {eql_ast_opts *}
%type by_opt      {eql_ast_opts *}
%type maxspan     {eql_span_clause *}
%type by          {eql_expr_list}
%type stages      {eql_ast_vec}
%type stage       {eql_stage_node *}
%type until       {eql_stage_node *}
%type body        {eql_body *}
%type suffixes    {eql_ast_vec}
%type suffix      {eql_suffix *}
%type pipes       {eql_ast_vec}
%type some_pipes  {eql_ast_vec}
%type pipe        {eql_pipe *}
%type pipe_args   {eql_expr_list}
%type atoms       {eql_expr_list}
%type atom        {eql_expr *}
%type expr_list   {eql_expr_list}
%type expr        {eql_expr *}
%type and_expr    {eql_expr *}
%type not_expr    {eql_expr *}
%type cmp         {eql_expr *}
%type pred        {eql_expr *}
%type list        {eql_ast_list}
%type rhs         {eql_ast_list}
%type signed_list {eql_expr_list}
%type signed      {eql_expr *}
%type opt_comma   {bool}
%type sum         {eql_expr *}
%type mul         {eql_expr *}
%type unary       {eql_expr *}
%type postfix     {eql_expr *}
%type primary     {eql_expr *}
%type call        {eql_expr *}
%type args        {eql_expr_list}
%type field       {eql_expr *}
%type path        {eql_expr *}
%type var_path    {eql_expr *}
%type literal     {eql_expr *}

/* `by a, as x`: a word after the comma is the next key, not a suffix. */
%nonassoc TRAILING_COMMA.
%nonassoc AS FORK.

program ::= defs(D) query(Q) pipes(P). { eql_ast_finish(ps, D, Q, P); }
program ::= CONDITION expr(E).         { ps->condition = E; }
program ::= IMPLIED implied(Q) pipes(P). { eql_ast_finish(ps, no_vec, Q, P); }
program ::= IMPLIED some_pipes(P).
           { eql_ast_finish(ps, no_vec,
                            eql_ast_event(ps, eql_ast_any(ps, NULL)), P); }
program ::= DEFINITIONS defs(D).
           { eql_ast_finish(ps, D, eql_ast_no_query(ps), no_vec); }
implied(A) ::= query(Q). { A = Q; }
implied(A) ::= expr(E).  { A = eql_ast_event(ps, eql_ast_any(ps, E)); }

/* --- definitions --- */

defs(A) ::= .               { A = no_vec; }
defs(A) ::= defs(D) def(X). { A = eql_ast_push(ps, D, X, sizeof *X); }

def(A) ::= MACRO(M) name(N) LPAREN params(P) RPAREN expr(E).
           { A = eql_ast_macro(ps, M, N, P, E); }
def(A) ::= CONST(C) name(N) EQ|ASGN literal(L).
           { A = eql_ast_const(ps, C, N, L); }

params(A) ::= .         { A = no_vec; }
params(A) ::= names(N). { A = N; }
names(A) ::= name(N).
           { eql_name n = eql_ast_name(ps, N);
             A = eql_ast_push(ps, no_vec, &n, sizeof n); }
names(A) ::= names(L) COMMA name(N).
           { eql_name n = eql_ast_name(ps, N);
             A = eql_ast_push(ps, L, &n, sizeof n); }

/* --- queries --- */

query(A) ::= filter(F). { A = eql_ast_event(ps, F); }
query(A) ::= SEQUENCE(T) seq_opts(O) stages(S) until(U).
           { A = eql_ast_stages(ps, T, O, S, U); }
query(A) ::= SAMPLE(T) by_opt(O) stages(S).
           { A = eql_ast_stages(ps, T, O, S, NULL); }
query(A) ::= JOIN(T) by_opt(O) stages(S) until(U).
           { A = eql_ast_stages(ps, T, O, S, U); }

filter(A) ::= category(C) WHERE expr(E). { A = eql_ast_filter(ps, C, E); }
category(A) ::= ANY(T).    { A = T; }
category(A) ::= STRING(T). { A = T; }
category(A) ::= name(T).   { A = T; }

seq_opts(A) ::= by_opt(O).  { A = O; }
seq_opts(A) ::= maxspan(M).
           { A = eql_ast_options(ps, no_exprs, M, false); }
seq_opts(A) ::= by(B) maxspan(M).
           { A = eql_ast_options(ps, B, M, false); }
seq_opts(A) ::= maxspan(M) by(B).
           { A = eql_ast_options(ps, B, M, true); }
by_opt(A) ::= .      { A = NULL; }
by_opt(A) ::= by(B). { A = eql_ast_options(ps, B, NULL, false); }

maxspan(A) ::= WITH(W) name(N) ASGN number(V) time_unit(U).
           { A = eql_ast_maxspan(ps, W, N, V, U); }
time_unit(A) ::= .        { A = no_token; }
time_unit(A) ::= name(N). { A = N; }

by(A) ::= BY expr_list(L).                        { A = L; }
by(A) ::= BY expr_list(L) COMMA. [TRAILING_COMMA] { A = L; }

stages(A) ::= stage(S).
           { A = eql_ast_push(ps, no_vec, S, sizeof *S); }
stages(A) ::= stages(L) stage(S).
           { A = eql_ast_push(ps, L, S, sizeof *S); }
stage(A) ::= body(B) suffixes(S). { A = eql_ast_stage(ps, B, S); }
body(A) ::= LBRACKET|MISSING_OPEN(L) filter(F) RBRACKET(R).
           { A = eql_ast_bracket(ps, L, F, R); }
until(A) ::= .               { A = NULL; }
until(A) ::= UNTIL stage(S). { A = S; }

suffixes(A) ::= . { A = no_vec; }
suffixes(A) ::= suffixes(L) suffix(S).
           { A = eql_ast_push(ps, L, S, sizeof *S); }
suffix(A) ::= by(B). { A = eql_ast_suffix_by(ps, B); }
suffix(A) ::= WITH(W) name(N) ASGN number(V).
           { A = eql_ast_suffix_runs(ps, W, N, V); }
suffix(A) ::= FORK(F). { A = eql_ast_suffix_fork(ps, F, no_token); }
suffix(A) ::= FORK(F) ASGN TRUE|FALSE(V).
           { A = eql_ast_suffix_fork(ps, F, V); }
suffix(A) ::= AS(T) name(N). { A = eql_ast_suffix_as(ps, T, N); }

/* --- pipes --- */

pipes(A) ::= .              { A = no_vec; }
pipes(A) ::= some_pipes(L). { A = L; }
some_pipes(A) ::= pipe(P).  { A = eql_ast_push(ps, no_vec, P, sizeof *P); }
some_pipes(A) ::= some_pipes(L) pipe(P).
           { A = eql_ast_push(ps, L, P, sizeof *P); }
pipe(A) ::= PIPE name(N) pipe_args(R). { A = eql_ast_pipe(ps, N, R); }
pipe_args(A) ::= .             { A = no_exprs; }
pipe_args(A) ::= expr_list(L). { A = L; }
pipe_args(A) ::= atoms(L).     { A = L; }
atoms(A) ::= atom(X) atom(Y).
           { A = eql_ast_expr_push(ps, no_exprs, X);
             A = eql_ast_expr_push(ps, A, Y); }
atoms(A) ::= atoms(L) atom(X). { A = eql_ast_expr_push(ps, L, X); }
atom(A) ::= literal(X). { A = X; }
atom(A) ::= field(X).   { A = X; }

/* --- expressions --- */

expr_list(A) ::= expr(E). { A = eql_ast_expr_push(ps, no_exprs, E); }
expr_list(A) ::= expr_list(L) COMMA expr(E).
           { A = eql_ast_expr_push(ps, L, E); }

expr(A) ::= and_expr(E). { A = E; }
expr(A) ::= expr(L) OR(O) and_expr(R).
           { A = eql_ast_chain(ps, EQL_NODE_OR, L, O, R); }
and_expr(A) ::= not_expr(E). { A = E; }
and_expr(A) ::= and_expr(L) AND(O) not_expr(R).
           { A = eql_ast_chain(ps, EQL_NODE_AND, L, O, R); }
not_expr(A) ::= cmp(E).             { A = E; }
not_expr(A) ::= NOT(O) not_expr(E). { A = eql_ast_not(ps, O, E); }

cmp(A) ::= pred(E). { A = E; }
cmp(A) ::= pred(L) EQ|NE|LT|LE|GT|GE|ASGN(O) pred(R).
           { A = eql_ast_compare(ps, L, O, R); }

pred(A) ::= sum(E). { A = E; }
pred(A) ::= sum(E) IN|IN_CI(O) list(L).
           { A = eql_ast_test(ps, E, O, false, L); }
pred(A) ::= sum(E) NOT IN|IN_CI(O) list(L).
           { A = eql_ast_test(ps, E, O, true, L); }
pred(A) ::= sum(E) COLON|LIKE|LIKE_CI|REGEX|REGEX_CI(O) rhs(L).
           { A = eql_ast_test(ps, E, O, false, L); }
pred(A) ::= sum(E) NOT COLON|LIKE|LIKE_CI|REGEX|REGEX_CI(O) rhs(L).
           { A = eql_ast_test(ps, E, O, true, L); }

list(A) ::= LPAREN(L) expr_list(E) opt_comma(C) RPAREN(R).
           { A = (eql_ast_list){E, eql_ast_join(L.span, R.span), C, true}; }
rhs(A) ::= signed(S).
           { A = (eql_ast_list){.items = eql_ast_expr_push(ps, no_exprs, S)};
             if (S) A.span = S->span; }
rhs(A) ::= LPAREN(L) signed_list(E) opt_comma(C) RPAREN(R).
           { A = (eql_ast_list){E, eql_ast_join(L.span, R.span), C, true}; }
signed_list(A) ::= signed(S).
           { A = eql_ast_expr_push(ps, no_exprs, S); }
signed_list(A) ::= signed_list(L) COMMA signed(S).
           { A = eql_ast_expr_push(ps, L, S); }
signed(A) ::= literal(E). { A = E; }
signed(A) ::= MINUS|PLUS(O) number(N).
           { A = eql_ast_sign(ps, O, eql_ast_literal(ps, N)); }
opt_comma(A) ::= .      { A = false; }
opt_comma(A) ::= COMMA. { A = true; }

sum(A) ::= mul(E). { A = E; }
sum(A) ::= sum(L) PLUS|MINUS(O) mul(R).
           { A = eql_ast_arith(ps, L, O, R); }
mul(A) ::= unary(E). { A = E; }
mul(A) ::= mul(L) STAR|SLASH|PERCENT(O) unary(R).
           { A = eql_ast_arith(ps, L, O, R); }
unary(A) ::= postfix(E).                { A = E; }
unary(A) ::= MINUS|PLUS(O) unary(E).    { A = eql_ast_sign(ps, O, E); }

postfix(A) ::= primary(E). { A = E; }
postfix(A) ::= postfix(E) METHOD(M) args(L) RPAREN(R).
           { A = eql_ast_method(ps, E, M, L, R); }

primary(A) ::= literal(E). { A = E; }
primary(A) ::= field(E).   { A = E; }
primary(A) ::= call(E).    { A = E; }
primary(A) ::= LPAREN(L) expr(E) RPAREN(R).
           { A = eql_ast_parens(ps, L, E, R); }
primary(A) ::= name(N) OF(O) body(B). { A = eql_ast_lineage(ps, N, O, B); }

call(A) ::= name(N) LPAREN args(L) RPAREN(R).
           { A = eql_ast_call(ps, N, L, R); }
call(A) ::= TILDE_NAME(N) LPAREN args(L) RPAREN(R).
           { A = eql_ast_call(ps, N, L, R); }
args(A) ::= .                        { A = no_exprs; }
args(A) ::= expr_list(L) opt_comma. { A = L; }

field(A) ::= path(P).        { A = P; }
field(A) ::= OPT(O) path(P). { A = eql_ast_optional(ps, O, P); }
field(A) ::= var_path(P).    { A = P; }
path(A) ::= name(N).         { A = eql_ast_path(ps, N); }
path(A) ::= QUOTED(N).       { A = eql_ast_path(ps, N); }
path(A) ::= path(P) DOT IDENT|QUOTED(N). { A = eql_ast_segment(ps, P, N); }
path(A) ::= path(P) INDEX(N).            { A = eql_ast_segment(ps, P, N); }
var_path(A) ::= VAR(N).      { A = eql_ast_path(ps, N); }
var_path(A) ::= var_path(P) DOT IDENT|QUOTED(N).
           { A = eql_ast_segment(ps, P, N); }
var_path(A) ::= var_path(P) INDEX(N).    { A = eql_ast_segment(ps, P, N); }

literal(A) ::= STRING(T).          { A = eql_ast_literal(ps, T); }
literal(A) ::= TRUE|FALSE|NULL(T). { A = eql_ast_literal(ps, T); }
literal(A) ::= number(N).          { A = eql_ast_literal(ps, N); }
number(A) ::= INTEGER|FLOAT(T).           { A = T; }
name(A) ::= IDENT(T).                     { A = T; }
name(A) ::= AS(T).                        { A = T; }
name(A) ::= FORK(T).                      { A = T; }
name(A) ::= MACRO(T).                     { A = T; }
name(A) ::= CONST(T).                     { A = T; }

%code {
/* Follows the tables as the parser would, without touching its stack: the
 * states that reductions would push are kept in `top`.  Each reduction pops
 * what it covers first from there, so only empty productions make it grow:
 * at most a few in a row in this grammar. */
bool
eql_grammar_accepts(const void *grammar, int kind)
{
    const yyParser *p = grammar;
    const yyStackEntry *base = p->yytos;
    YYACTIONTYPE top[16], state = base->stateno;
    size_t n = 0;

    for (;;) {
        YYACTIONTYPE act = yy_find_shift_action((YYCODETYPE)kind, state);
        int pop;

        if (act < YY_MIN_REDUCE)
            return act <= YY_MAX_SHIFTREDUCE || act == YY_ACCEPT_ACTION;
        pop = -yyRuleInfoNRhs[act - YY_MIN_REDUCE];
        for (; pop > 0; pop--) {
            if (n > 0)
                n--;
            else
                base--;
        }
        state = yy_find_reduce_action(n ? top[n - 1] : base->stateno,
                                      yyRuleInfoLhs[act - YY_MIN_REDUCE]);
        if (n == sizeof top / sizeof top[0])
            return true;
        top[n++] = state;
    }
}
}
