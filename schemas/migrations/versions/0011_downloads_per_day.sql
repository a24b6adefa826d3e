CREATE TABLE auth.downloads (
    day DATE NOT NULL,
    subject TEXT NOT NULL,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    CONSTRAINT downloads_pkey PRIMARY KEY (day, subject)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.downloads TO vo_app;
