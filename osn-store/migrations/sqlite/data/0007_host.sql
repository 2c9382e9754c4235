-- Programs: which version a municipality uses for what is new.

-- What became of a program: the version that new actions take, and those before.
create table program_use (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    name text not null, -- name of the program
    state text not null constraint program_use_state_known check (state in ('installed', 'enabled', 'disabled', 'retired')), -- where it stands
    package_digest text, -- the version that new actions take
    body text not null check (json_valid(body)), -- the versions before
    version integer not null, -- counts changes
    created_at text not null check (length(created_at) = 27), -- when it was installed first
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint program_use_name_key primary key (municipality_id, name),
    constraint program_use_package_digest_fkey foreign key (municipality_id, package_digest) references program (municipality_id, package_digest)
) strict;

-- What was installed before: the newest version of each program is in use, unless it was switched off.
insert into program_use (municipality_id, name, state, package_digest, body, version, created_at, updated_at)
select newest.municipality_id, newest.name,
    case when newest.enabled = 1 then 'enabled' else 'disabled' end,
    newest.package_digest,
    case when newest.enabled = 1
      then json_object('name', newest.name, 'state', 'enabled', 'package', newest.package_digest)
      else json_object('name', newest.name, 'state', 'disabled', 'at', newest.installed_at, 'package', newest.package_digest)
    end,
    1, newest.installed_at, newest.installed_at
from program newest
where not exists (
    select 1 from program later
    where later.municipality_id = newest.municipality_id and later.name = newest.name
      and (later.installed_at > newest.installed_at
        or (later.installed_at = newest.installed_at and later.package_digest > newest.package_digest))
);

alter table program drop column enabled;
