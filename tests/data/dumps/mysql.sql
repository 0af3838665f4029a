-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: shop
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
CREATE TABLE `products` (
  `id` int NOT NULL
) ENGINE=InnoDB;
INSERT INTO `products` VALUES (1);
-- Dump completed on 2026-11-20  3:15:00
