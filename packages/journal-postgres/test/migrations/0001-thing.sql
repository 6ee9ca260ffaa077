create table sample.thing (id integer primary key, name text not null);
