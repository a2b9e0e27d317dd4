-- Once, on the primary: runuser -u postgres -- psql -v password="$(cat pingyi.password)" -f pingyi.sql
CREATE ROLE pingyi LOGIN PASSWORD :'password';
CREATE DATABASE pingyi OWNER pingyi TEMPLATE template0 ENCODING 'UTF8';
