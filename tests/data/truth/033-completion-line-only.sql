
--
-- PostgreSQL database dump complete
--
