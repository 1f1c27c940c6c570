// The words that the seeded organisations are made of.
#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace fake_zoho {

// "Sales" and "Engineering" come first, so that small organisations have them too.
inline constexpr std::array<absl::string_view, 60> kDepartmentNames = {"Sales",
                                                                       "Engineering",
                                                                       "Customer Support",
                                                                       "Finance",
                                                                       "Human Resources",
                                                                       "Marketing",
                                                                       "Product Management",
                                                                       "Design",
                                                                       "Legal",
                                                                       "Information Technology",
                                                                       "Security",
                                                                       "Operations",
                                                                       "Logistics",
                                                                       "Procurement",
                                                                       "Quality Assurance",
                                                                       "Research",
                                                                       "Data Science",
                                                                       "Facilities",
                                                                       "Internal Audit",
                                                                       "Investor Relations",
                                                                       "Public Relations",
                                                                       "Corporate Communications",
                                                                       "Partnerships",
                                                                       "Business Development",
                                                                       "Field Sales",
                                                                       "Inside Sales",
                                                                       "Sales Operations",
                                                                       "Customer Success",
                                                                       "Training",
                                                                       "Technical Writing",
                                                                       "Site Reliability",
                                                                       "Platform",
                                                                       "Mobile",
                                                                       "Web",
                                                                       "Payments",
                                                                       "Billing",
                                                                       "Accounts Payable",
                                                                       "Accounts Receivable",
                                                                       "Payroll",
                                                                       "Treasury",
                                                                       "Tax",
                                                                       "Risk Management",
                                                                       "Compliance",
                                                                       "Privacy Office",
                                                                       "Talent Acquisition",
                                                                       "Learning and Development",
                                                                       "Workplace Experience",
                                                                       "Events",
                                                                       "Brand",
                                                                       "Content",
                                                                       "Growth Marketing",
                                                                       "Product Marketing",
                                                                       "Warehouse East",
                                                                       "Warehouse West",
                                                                       "Fleet",
                                                                       "Customs",
                                                                       "Air Freight",
                                                                       "Ocean Freight",
                                                                       "Rail",
                                                                       "Executive Office"};

// As many as is prime to the last names below, so that pairs spread.
inline constexpr std::array<absl::string_view, 61> kFirstNames = {
    "Avery",  "Noah",   "Maya",   "Liam",  "Priya",   "Mateo",  "Hannah", "Kenji",  "Amara",
    "Lukas",  "Elena",  "Omar",   "Chloe", "Diego",   "Ingrid", "Ravi",   "Sofia",  "Tariq",
    "Nora",   "Felix",  "Aisha",  "Jonas", "Mei",     "Victor", "Leila",  "Samuel", "Yuki",
    "Carmen", "Anton",  "Grace",  "Hugo",  "Zara",    "Oscar",  "Lina",   "Marcus", "Ines",
    "Emil",   "Fatima", "Theo",   "Julia", "Arjun",   "Clara",  "Daniel", "Esther", "Ibrahim",
    "Katja",  "Leon",   "Miriam", "Nils",  "Olivia",  "Pavel",  "Rosa",   "Stefan", "Tessa",
    "Umar",   "Vera",   "Walter", "Xenia", "Yannick", "Zoe",    "Beatrix"};

inline constexpr std::array<absl::string_view, 67> kLastNames = {
    "Stone",   "Patel",    "Becker",     "Nguyen",   "Okafor",    "Garcia",   "Keller",
    "Tanaka",  "Mensah",   "Novak",      "Petrova",  "Haddad",    "Martin",   "Lopez",
    "Larsen",  "Iyer",     "Rossi",      "Aziz",     "Walsh",     "Brandt",   "Rahman",
    "Weber",   "Chen",     "Moreau",     "Karimi",   "Adeyemi",   "Sato",     "Vega",
    "Ivanov",  "Murphy",   "Lefevre",    "Sharma",   "Lindqvist", "Farah",    "Bauer",
    "Costa",   "Olsen",    "Nasser",     "Dubois",   "Schmidt",   "Mehta",    "Hoffmann",
    "Kim",     "Abebe",    "Yilmaz",     "Richter",  "Fischer",   "Levi",     "Berg",
    "Clarke",  "Dvorak",   "Marino",     "Popescu",  "Quinn",     "Siddiqui", "Sokolova",
    "Vogel",   "Wong",     "Zimmermann", "Andersen", "Boateng",   "Castillo", "Demir",
    "Eriksen", "Ferreira", "Gruber",     "Hughes"};

inline constexpr std::array<absl::string_view, 12> kTopics = {
    "Weekly sync", "Planning",      "Retrospective", "Design review",
    "One on one",  "Budget review", "Customer call", "Interview",
    "Stand-up",    "Kick-off",      "Training",      "Incident review"};

inline constexpr std::array<absl::string_view, 6> kAgendas = {
    "Status, risks, next steps.",
    "Please read the notes beforehand.",
    "",
    "Review of open items and owners.",
    "Numbers of the month, forecast, decisions.",
    "Welcome, demonstration, questions."};

inline constexpr std::array<absl::string_view, 8> kWebinarTopics = {
    "Freight costs explained", "What is new this quarter",  "Customs without surprises",
    "Integrations in depth",   "Security of supply chains", "Getting started",
    "Ask our engineers",       "Planning for peak season"};

inline constexpr std::array<int64_t, 5> kDurations = {15, 30, 45, 60, 90};

inline constexpr std::array<absl::string_view, 6> kTimezones = {"America/New_York", "Europe/London",
                                                                "Europe/Berlin",    "Asia/Kolkata",
                                                                "Asia/Calcutta",    "Asia/Tokyo"};

inline constexpr std::array<absl::string_view, 6> kCountries = {
    "United States", "Germany", "India", "Japan", "Brazil", "United Kingdom"};

}  // namespace fake_zoho
