// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/restorefixture.h"

namespace mayday::restore::test {

/// What a real table has around it; all of it goes with DROP TABLE ... CASCADE.
inline constexpr auto surroundings =
    "CREATE TABLE public.makers (id integer PRIMARY KEY, name text);"
    "INSERT INTO public.makers VALUES (1, 'a'), (2, 'b');"
    "ALTER TABLE public.products ADD COLUMN maker integer DEFAULT 1 CONSTRAINT products_maker"
    "  REFERENCES public.makers;"
    "CREATE UNIQUE INDEX products_name ON public.products (lower(name), id);"
    "CREATE INDEX products_kind ON public.products (kind) WHERE kind = 'a';"
    "ALTER TABLE public.products ADD CONSTRAINT named CHECK (name <> '');"
    "ALTER TABLE public.products REPLICA IDENTITY FULL;"
    "CREATE STATISTICS public.kinds ON kind, maker FROM public.products;"
    "COMMENT ON STATISTICS public.kinds IS 'both';"
    "COMMENT ON TABLE public.products IS 'what we sell';"
    "COMMENT ON COLUMN public.products.name IS 'as printed';"
    "COMMENT ON INDEX public.products_kind IS 'few';"
    "COMMENT ON CONSTRAINT named ON public.products IS 'always';"
    "CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS"
    "  $f$ BEGIN NEW.created_at := now(); RETURN NEW; END $f$;"
    "CREATE TRIGGER touched BEFORE UPDATE OF name, kind ON public.products FOR EACH ROW"
    "  EXECUTE FUNCTION public.touch();"
    "ALTER TABLE public.products DISABLE TRIGGER touched;"
    "COMMENT ON TRIGGER touched ON public.products IS 'when';"
    "CREATE RULE kept AS ON DELETE TO public.products WHERE OLD.kind = 'b' DO INSTEAD NOTHING;"
    "COMMENT ON RULE kept ON public.products IS 'never';"
    "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY mine ON public.products FOR SELECT TO shopkeeper USING (maker = 1);"
    "COMMENT ON POLICY mine ON public.products IS 'own ones';"
    "GRANT SELECT, INSERT ON public.products TO shopkeeper;"
    "GRANT UPDATE (name) ON public.products TO visitor WITH GRANT OPTION;"
    "GRANT USAGE ON SEQUENCE public.products_id_seq TO shopkeeper;"
    "ALTER TABLE public.products OWNER TO shopkeeper;"
    "CREATE VIEW public.best AS SELECT id, count(*) FROM public.products GROUP BY products.id;"
    "ALTER VIEW public.best OWNER TO shopkeeper;"
    "CREATE VIEW public.better AS SELECT * FROM public.best;"
    "COMMENT ON VIEW public.better IS 'of the best'; GRANT SELECT ON public.better TO visitor;"
    "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) AS n FROM public.products;"
    "CREATE UNIQUE INDEX counted_n ON public.counted (n);"
    "CREATE FUNCTION public.all_of(wanted text DEFAULT 'a') RETURNS SETOF public.products"
    "  LANGUAGE sql AS $f$ SELECT * FROM public.products WHERE kind::text = wanted $f$;"
    "GRANT EXECUTE ON FUNCTION public.all_of(text) TO visitor;"
    "REVOKE ALL ON FUNCTION public.all_of(text) FROM PUBLIC;";

/// A server on which shops lose their products, which come back alone.
class TablesCase {
protected:
    void startServer()
    {
        m_server = std::make_unique<tests::TempPostgres>();
        m_server->execute(QStringLiteral("postgres"),
                          "CREATE ROLE shopkeeper; CREATE ROLE visitor;"
                          "CREATE ROLE clerk LOGIN PASSWORD 'only-in-tests'");
    }
    [[nodiscard]] static RestorePlan tablesPlan(
        const Shop &shop, const QString &file,
        const QList<TableName> &tables = {{QStringLiteral("public"), QStringLiteral("products")}})
    {
        RestorePlan plan = shop.plan(file);
        plan.mode = RestoreMode::Tables;
        plan.tables = tables;
        return plan;
    }
    [[nodiscard]] static RestoreReceipt run(const RestorePlan &plan)
    {
        TaskContext context;
        return RestoreRunner(plan, SystemClock(), {}).run(std::nullopt, context);
    }
    /// Without the rows of what is not there.
    [[nodiscard]] static QString stateWithout(const Shop &shop)
    {
        return shop.ask("SELECT string_agg(relname || oid || coalesce(relacl::text, ''), ' '"
                        " ORDER BY relname) || (SELECT string_agg(conname || oid, ' ' ORDER BY oid)"
                        " FROM pg_constraint) FROM pg_class WHERE relnamespace::regnamespace::text"
                        " !~ '^pg_'") +
               shop.ask("SELECT md5(string_agg(l::text, '' ORDER BY id)) FROM public.listings l");
    }
    /// A dump with statements at its end, where everything of the table is there.
    [[nodiscard]] static QByteArray withEnd(QByteArray dump, const QByteArray &statements)
    {
        return dump.replace("\n--\n-- PostgreSQL database dump complete",
                            statements + "\n\n--\n-- PostgreSQL database dump complete");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

} // namespace mayday::restore::test
