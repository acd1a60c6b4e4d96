#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One database with something of each kind that PostgreSQL has.  It comes back
# on another server, from each format: catalogs are compared before and after,
# and what a dump cannot have is said.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
here=$PGHOST
other=$work/other
bash "$src/tests/pg_cluster.sh" start "$other" || exit 1
zoo_at_exit()
{
	bash "$src/tests/pg_cluster.sh" stop "$other" >/dev/null 2>&1
	at_exit
}
trap zoo_at_exit EXIT

# sql SERVER DATABASE
sql()
{
	PGHOST=$1 PGDATABASE=$2 psql -X -q -At -v ON_ERROR_STOP=1
}

fill()
{
	sql "$here" postgres <<'END' || return 1
create role keeper login;
create role guest;
create role painter;
comment on role guest is 'somebody';
grant set, alter system on parameter work_mem to guest;
alter role guest set work_mem = '5MB';
create database zoo owner keeper;
comment on database zoo is 'all animals';
alter database zoo set work_mem = '7MB';
alter role guest in database zoo set work_mem = '8MB';
END
	sql "$here" zoo <<'END'
create schema cage authorization keeper;
alter default privileges for role keeper in schema cage
	grant select on tables to guest;
alter default privileges for role keeper revoke execute on functions
	from public;
create extension citext schema cage;
create domain cage.positive as int check (value > 0);
create type cage.kind as enum ('cat', 'bird');
alter type cage.kind add value 'fish' before 'bird';
create type cage.pair as (a int, b text);
create type cage.span as range (subtype = date);
create collation cage.plain (locale = 'C');
create sequence cage.counter increment 5 start 10 cycle maxvalue 100;
select nextval('cage.counter'), nextval('cage.counter');
create table cage.animal (
	id int generated always as identity primary key,
	name cage.citext not null,
	weight cage.positive default 1,
	doubled int generated always as (id * 2) stored,
	sort cage.kind,
	tags text[] compression pglz,
	secret text
);
alter table cage.animal owner to keeper;
insert into cage.animal (name, sort) values ('Tom', 'cat'), ('Tweety', 'bird');
alter table cage.animal alter name set statistics 500;
alter table cage.animal alter tags set storage external;
alter table cage.animal alter id set (n_distinct = -0.5);
alter table cage.animal set (fillfactor = 70, autovacuum_enabled = off);
grant select (name), update (weight) on cage.animal to guest;
grant select on cage.animal to painter with grant option;
create index by_name on cage.animal (name) include (sort) where id > 0;
create unique index whole on cage.animal (name);
alter index cage.by_name set (fillfactor = 50);
create index by_sum on cage.animal ((id + 1));
alter index cage.by_sum alter column 1 set statistics 300;
alter table cage.animal cluster on animal_pkey;
alter table cage.animal replica identity using index whole;
create statistics cage.both (ndistinct, mcv) on id, name from cage.animal;
alter statistics cage.both set statistics 77;
comment on column cage.animal.name is 'as it is called';
comment on index cage.by_name is 'an index';
create unlogged table cage.loose as select i from generate_series(1, 5) i;
create table cage.full_identity (v int);
alter table cage.full_identity replica identity full;
create table cage.parts (n int, t text) partition by range (n);
create table cage.low partition of cage.parts for values from (0) to (10);
create table cage.rest partition of cage.parts default;
insert into cage.parts values (1, 'one'), (50, 'fifty');
create table cage.deep () inherits (cage.full_identity);
create table cage.rooms (room int, during cage.span,
	exclude using gist (during with &&));
alter table cage.rooms add foreign key (room) references cage.animal
	on delete set null deferrable initially deferred not valid;
create function cage.touch() returns trigger language plpgsql security definer
	set search_path = cage as $$ begin return new; end $$;
create trigger touched before update on cage.animal for each row
	when (old.name is distinct from new.name) execute function cage.touch();
create trigger never before insert on cage.animal
	execute function cage.touch();
alter table cage.animal disable trigger never;
create trigger always after delete on cage.animal
	execute function cage.touch();
alter table cage.animal enable always trigger always;
create rule quiet as on delete to cage.full_identity do instead nothing;
alter table cage.full_identity disable rule quiet;
create view cage.seen with (security_barrier, security_invoker) as
	select id, name from cage.animal with local check option;
create materialized view cage.counted as select count(*) from cage.animal;
create materialized view cage.empty as select 1 v with no data;
create procedure cage.feed(inout n int) language sql as 'select n + 1';
create aggregate cage.total (int) (sfunc = int4pl, stype = int, initcond = 0);
create function cage.same(int, int) returns bool language sql immutable
	parallel safe leakproof cost 7 as 'select $1 = $2';
create operator cage.=== (leftarg = int, rightarg = int,
	procedure = cage.same, commutator = operator(cage.===));
create operator family cage.ops using btree;
create cast (cage.pair as text) with inout;
create conversion cage.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create text search configuration cage.words (copy = simple);
create text search dictionary cage.dict (template = simple, accept = false);
alter table cage.animal enable row level security;
alter table cage.animal force row level security;
create policy own on cage.animal as restrictive for select to guest
	using (id > 1);
create function cage.watching() returns event_trigger language plpgsql as
	$$ begin end $$;
create event trigger watch on ddl_command_end
	when tag in ('CREATE TABLE') execute function cage.watching();
create event trigger asleep on sql_drop execute function cage.watching();
alter event trigger asleep disable;
create event trigger replica on ddl_command_start
	execute function cage.watching();
alter event trigger replica enable replica;
create publication a_part for table cage.animal (id, name) where (id > 0),
	table cage.parts with (publish = 'insert, update',
	publish_via_partition_root);
create publication whole_schema for tables in schema public;
create publication everything for all tables;
create foreign data wrapper wild options (x '1');
create server jungle type 'far' version '2' foreign data wrapper wild
	options (host 'none', "Port" '7');
create user mapping for keeper server jungle options (user 'k',
	password 'it''s secret');
create user mapping for public server jungle options (user 'p');
create foreign table cage.far (v int options (c 'x') not null, w text)
	server jungle options (t 'far');
grant usage on foreign server jungle to guest;
create access method heap_too type table handler heap_tableam_handler;
create table cage.by_method (v int) using heap_too;
create subscription news connection 'host=/none dbname=zoo' publication p, q
	with (connect = false, slot_name = news_slot, binary, streaming,
	synchronous_commit = 'local');
alter subscription news enable;
select lo_from_bytea(4711, 'roar'), lo_from_bytea(4712, '\x0001');
alter large object 4711 owner to keeper;
grant select on large object 4711 to guest;
comment on large object 4711 is 'a sound';
create transform for cage.pair language sql
	(from sql with function prsd_lextype(internal));
revoke execute on function cage.citext_eq(cage.citext, cage.citext)
	from public;
grant usage on type cage.kind to guest;
grant usage on language plpgsql to guest with grant option;
revoke create on schema public from public;
grant create on schema public to painter;
comment on subscription news is 'from afar';
comment on publication a_part is 'a part';
comment on event trigger watch is 'looks';
comment on server jungle is 'green';
comment on extension citext is 'another comment';
END
}

# Whatever there is, by name.  describe SERVER DATABASE
describe()
{
	sql "$1" "$2" <<'END'
set search_path = pg_catalog;
set client_min_messages = error;
create function pg_temp.acl(aclitem[]) returns text language sql as
	$$ select string_agg(a::text, ' ' order by a::text) from unnest($1) a $$;
create function pg_temp.sorted(text[]) returns text[] language sql as
	$$ select array_agg(a order by a) from unnest($1) a $$;
create function pg_temp.ours(oid) returns bool language sql as $$ select
	nspname !~ '^pg_' and nspname <> 'information_schema' from pg_namespace
	where oid = $1 $$;
\pset null -
select 'schema', nspname, nspowner::regrole, pg_temp.acl(nspacl)
	from pg_namespace where pg_temp.ours(oid) order by 2;
select 'relation', c.oid::regclass, relkind, relpersistence, relowner::regrole,
	pg_temp.acl(relacl), reloptions, relreplident, relrowsecurity,
	relforcerowsecurity, relispopulated, amname, reltablespace,
	pg_get_expr(relpartbound, c.oid), pg_get_partkeydef(c.oid)
	from pg_class c left join pg_am a on a.oid = relam
	where pg_temp.ours(relnamespace) order by c.oid::regclass::text;
select 'inherits', inhrelid::regclass, inhparent::regclass, inhseqno
	from pg_inherits order by inhrelid::regclass::text, inhseqno;
select 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod),
	attnotnull, attstattarget, attstorage, attcompression, attidentity,
	attgenerated, attcollation::regcollation, attoptions, attfdwoptions,
	pg_temp.acl(attacl), pg_get_expr(adbin, adrelid) from pg_attribute a
	join pg_class c on c.oid = attrelid left join pg_attrdef d on adrelid =
	attrelid and adnum = attnum where pg_temp.ours(relnamespace) and
	attnum > 0 and not attisdropped order by attrelid::regclass::text,
	attnum;
select 'index', pg_get_indexdef(indexrelid), indisclustered, indisreplident,
	indisvalid, indisprimary, indimmediate from pg_index i join pg_class c
	on c.oid = indexrelid where pg_temp.ours(relnamespace) order by 2;
select 'constraint', conname, conrelid::regclass, contypid::regtype,
	pg_get_constraintdef(oid), convalidated, condeferrable, condeferred,
	conislocal from pg_constraint where pg_temp.ours(connamespace)
	order by 3, 2, 5;
select 'statistics', pg_get_statisticsobjdef(oid), stxstattarget,
	stxowner::regrole from pg_statistic_ext order by 2;
select 'trigger', pg_get_triggerdef(oid), tgenabled from pg_trigger
	where not tgisinternal order by 2;
select 'rule', pg_get_ruledef(r.oid), ev_enabled from pg_rewrite r join
	pg_class c on c.oid = ev_class where pg_temp.ours(relnamespace)
	order by 2;
select 'policy', polname, polrelid::regclass, polcmd, polpermissive,
	polroles::regrole[], pg_get_expr(polqual, polrelid),
	pg_get_expr(polwithcheck, polrelid) from pg_policy order by 2;
select 'event trigger', evtname, evtevent, evtowner::regrole,
	evtfoid::regprocedure, evtenabled, evttags from pg_event_trigger
	order by 2;
select 'function', p.oid::regprocedure, proowner::regrole, pg_temp.acl(proacl),
	prokind, prosecdef, proleakproof, provolatile, proparallel, procost,
	prosrc, proconfig from pg_proc p where pg_temp.ours(pronamespace)
	order by p.oid::regprocedure::text;
select 'aggregate', aggfnoid::regprocedure, aggtransfn::regprocedure,
	agginitval from pg_aggregate join pg_proc p on p.oid = aggfnoid
	where pg_temp.ours(pronamespace) order by 2;
select 'type', t.oid::regtype, typtype, typowner::regrole, pg_temp.acl(typacl),
	typbasetype::regtype, typdefault, (select string_agg(enumlabel, ' '
	order by enumsortorder) from pg_enum where enumtypid = t.oid), (select
	rngsubtype::regtype from pg_range where rngtypid = t.oid)
	from pg_type t where pg_temp.ours(typnamespace)
	order by t.oid::regtype::text;
select 'operator', oid::regoperator, oprcode::regprocedure,
	oprcom::regoperator from pg_operator where pg_temp.ours(oprnamespace)
	order by oid::regoperator::text;
select 'family', opfname, opfowner::regrole from pg_opfamily
	where pg_temp.ours(opfnamespace) order by 2;
select 'cast', castsource::regtype, casttarget::regtype, castfunc::regprocedure,
	castcontext, castmethod from pg_cast where castsource::regtype::text ~
	'cage' or casttarget::regtype::text ~ 'cage' order by castsource::regtype::text,
	casttarget::regtype::text;
select 'collation', collname, collcollate from pg_collation
	where pg_temp.ours(collnamespace) order by 2;
select 'conversion', conname, conproc from pg_conversion
	where pg_temp.ours(connamespace) order by 2;
select 'transform', trftype::regtype, trffromsql from pg_transform order by 2;
select 'dictionary', dictname, dictinitoption from pg_ts_dict
	where pg_temp.ours(dictnamespace) order by 2;
select 'words', cfgname, maptokentype, mapdict::regdictionary from pg_ts_config
	c join pg_ts_config_map on mapcfg = c.oid
	where pg_temp.ours(cfgnamespace) order by 2, 3, mapseqno;
select 'defaults', defaclrole::regrole, defaclnamespace::regnamespace,
	defaclobjtype, pg_temp.acl(defaclacl) from pg_default_acl
	order by 2, 3, 4;
select 'sequence', * from pg_sequences order by 2, 3;
select 'large object', oid, lomowner::regrole, pg_temp.acl(lomacl), lo_get(oid)
	from pg_largeobject_metadata order by 2;
select 'publication', pubname, pubowner::regrole, puballtables, pubinsert,
	pubupdate, pubdelete, pubtruncate, pubviaroot from pg_publication
	order by 2;
select 'published', * from pg_publication_tables order by 2, 3, 4;
select 'published schema', pnnspid::regnamespace from pg_publication_namespace;
select 'subscription', subname, subowner::regrole, subconninfo, subslotname,
	subsynccommit, subpublications, subbinary, substream from
	pg_subscription s join pg_database d on d.oid = subdbid where datname =
	current_database() order by 2;
select 'wrapper', fdwname, fdwowner::regrole, fdwoptions, pg_temp.acl(fdwacl)
	from pg_foreign_data_wrapper order by 2;
select 'server', srvname, srvowner::regrole, srvtype, srvversion,
	pg_temp.acl(srvacl), pg_temp.sorted(srvoptions) from pg_foreign_server order by 2;
select 'mapping', srvname, usename, pg_temp.sorted(umoptions) from pg_user_mappings
	order by 2, 3;
select 'foreign table', ftrelid::regclass, ftoptions from pg_foreign_table;
select 'language', lanname, pg_temp.acl(lanacl) from pg_language order by 2;
select 'method', amname, amhandler, amtype from pg_am order by 2;
select 'extension', extname, extnamespace::regnamespace from pg_extension
	order by 2;
select 'comment', o.type, o.identity, description from pg_description d,
	pg_identify_object(classoid, d.objoid, objsubid) o where
	d.objoid >= 16384 or o.type in ('schema', 'language') order by 2, 3;
select 'shared comment', pg_describe_object(classoid, objoid, 0), description
	from pg_shdescription where pg_describe_object(classoid, objoid, 0) in
	('role guest', 'database ' || current_database()) order by 2;
select 'setting', setrole, setconfig from (select case setrole when 0 then ''
	else setrole::regrole::text end setrole, setconfig, datname from
	pg_db_role_setting left join pg_database d on d.oid = setdatabase) s
	where setrole = 'guest' or datname = current_database() order by 2, 3;
select 'parameter', parname, pg_temp.acl(paracl) from pg_parameter_acl
	order by 2;
select 'database', datdba::regrole, pg_temp.acl(datacl) from pg_database
	where datname = current_database();
set role none;
set row_security = off;
select 'animals', t from cage.animal t order by id;
select 'loose', t from cage.loose t order by i;
select 'parts', t, tableoid::regclass from cage.parts t order by n;
select 'counted', t from cage.counted t;
select 'counter', last_value, is_called from cage.counter;
END
}

configure()
{
	local format
	{
		cat <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" { pool = "p"
  postgres "globals" {
    run_as = "postgres"  conninfo = "host=$here"  globals_only = true
  }
END
		for format in custom plain directory; do
			cat <<END
  postgres "$format" {
    database = "zoo"  format = $format  conninfo = "host=$here"
    run_as = "postgres"  checksum = content
  }
END
		done
		echo "}"
	} >"$work/nb.conf"
	chmod 600 "$work/nb.conf"
}

enables='ALTER SUBSCRIPTION news ENABLE; ALTER SUBSCRIPTION news REFRESH PUBLICATION WITH (copy_data = false)'

# back FORMAT
back()
{
	nb_is 0 restore --into zoo --source "$1" --with-globals \
		--run-as postgres --conninfo "host=$other/socket" || return 1
	describe "$other/socket" zoo >"$work/after" || return 1
	diff "$work/before" "$work/after" || return 1
	says err "zoo: subscriptions come back disabled: news" &&
		says err "hint: in zoo, $enables" || return 1
	sql "$other/socket" zoo <<'END'
alter subscription news set (slot_name = none);
drop subscription news;
END
	sql "$other/socket" postgres <<'END'
drop database zoo;
END
}

fill >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
configure
describe "$here" zoo >"$work/before" || exit 1
check "there is something of each kind" [ "$(wc -l <"$work/before")" -gt 300 ]
check "a night" nb_is 0 run
for format in custom plain directory; do
	check "all of it comes back, $format" back $format
done
check "a drill is good" nb_is 0 drill

by_script()
{
	xorriso -osirrox on -indev "stdio:$work/drive" -extract / \
		"$work/whole" >/dev/null 2>&1
	chmod -R u+rwX "$work/whole"
	PGHOST=$other/socket sh "$work/whole/restore.sh" custom \
		>"$work/out" 2>"$work/err" || {
		cat "$work/out" "$work/err"
		return 1
	}
	describe "$other/socket" zoo >"$work/after" || return 1
	diff "$work/before" "$work/after" &&
		says out "zoo: subscription news comes back disabled" &&
		says out "hint: in zoo, $enables"
}
check "and by restore.sh" by_script

# What the hint says makes the copy go on.
on_both()
{
	sql "$here" postgres <<<'create database origin' &&
		sql "$other/socket" postgres <<<'create database reader' &&
		sql "$here" origin <<'END' && sql "$other/socket" reader <<END
create table feed (i int primary key);
insert into feed values (1);
create publication p for table feed;
END
create table feed (i int primary key);
create subscription follow connection
	'host=$here user=postgres dbname=origin' publication p;
END
}

# has COUNT
has()
{
	[ "$(sql "$other/socket" reader <<<'select count(*) from feed')" = "$1" ]
}

follows()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" { pool = "p"
  postgres "reader" { run_as = "postgres"  conninfo = "host=$other/socket" }
}
END
	on_both && until_true has 1 && nb_is 0 run &&
		sql "$other/socket" reader <<'END' && sql "$other/socket" \
			postgres <<<'drop database reader' || return 1
alter subscription follow disable;
alter subscription follow set (slot_name = none);
drop subscription follow;
END
	sql "$here" origin <<<'insert into feed values (2)' &&
		nb_is 0 restore --into reader --run-as postgres \
			--conninfo "host=$other/socket" && has 1 || return 1
	sed -n 's/.*hint: in reader, //p' "$work/err" |
		tr ';' '\n' | sed 's/$/;/' >"$work/typed"
	[ -s "$work/typed" ] && sql "$other/socket" reader <"$work/typed" &&
		until_true has 2
}
check "the hint makes a subscription go on" follows
finish
