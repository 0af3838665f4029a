// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/samplerows.h"

#include <QFile>

#include <array>
#include <random>

namespace mayday::bench {

namespace {

constexpr std::array words = {
    "vintage",  "leather",  "jacket", "blue",   "wooden",   "table",       "lamp",    "small",
    "large",    "ceramic",  "bowl",   "camera", "lens",     "used",        "like",    "new",
    "original", "box",      "with",   "free",   "shipping", "to",          "the",     "whole",
    "country",  "handmade", "silver", "ring",   "from",     "grandmother", "perfect", "for",
    "winter",   "and",      "summer", "cotton", "shirt",    "size",        "medium",  "sold"};

class Rows final {
public:
    QByteArray next()
    {
        ++m_id;
        QByteArray row = number(m_id) + '\t' + number(pick(4000)) + '\t' + text(4 + pick(5)) + '\t';
        row +=
            text(10 + pick(25)) + '\t' + number(pick(90000)) + '.' + number(10 + pick(89)) + '\t';
        row += details() + "\t2026-" + number(10 + pick(2)) + '-' + number(10 + pick(18)) + ' ' +
               number(10 + pick(13)) + ":" + number(10 + pick(49));
        return row + ':' + number(10 + pick(49)) + '.' + number(pick(999999)) + "+00\t" +
               (pick(9) ? "t" : "f") + '\t' + (pick(3) ? "\\N" : "draft") + '\n';
    }

private:
    qint64 pick(qint64 below) { return std::uniform_int_distribution<qint64>(0, below)(m_random); }
    static QByteArray number(qint64 value) { return QByteArray::number(value); }
    QByteArray text(qint64 count)
    {
        QByteArray line;
        for (qint64 i = 0; i < count; ++i)
            line.append(i ? " " : "").append(words[static_cast<size_t>(pick(words.size() - 1))]);
        return line;
    }
    QByteArray details()
    {
        return "{\"sku\": \"SKU-" + number(pick(99999999)) + "\", \"tags\": [\"" + text(1) +
               "\", \"" + text(1) + "\"], \"weight\": " + number(pick(5000)) + ", \"note\": \"" +
               text(3) + "\\\\n" + text(2) + "\"}";
    }

    std::mt19937_64 m_random{20261123};
    qint64 m_id = 0;
};

constexpr const char *head = R"(--
-- PostgreSQL database dump
--

-- Dumped from database version 17.11
-- Dumped by pg_dump version 17.11

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.listings (
    id bigint NOT NULL,
    seller bigint NOT NULL,
    title text NOT NULL,
    description text,
    price numeric(12,2),
    details jsonb,
    updated_at timestamp with time zone,
    is_active boolean,
    state text
);

COPY public.listings (id, seller, title, description, price, details, updated_at, is_active, state) FROM stdin;
)";

constexpr const char *tail = R"(\.

ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--

)";

} // namespace

qint64 writeSampleDump(const QString &path, qint64 bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(head) < 0)
        return -1;
    Rows rows;
    qint64 count = 0;
    QByteArray block;
    while (file.pos() < bytes) {
        block.clear();
        for (int i = 0; i < 2000; ++i, ++count)
            block += rows.next();
        if (file.write(block) != block.size())
            return -1;
    }
    return file.write(tail) > 0 && file.flush() ? count : -1;
}

} // namespace mayday::bench
