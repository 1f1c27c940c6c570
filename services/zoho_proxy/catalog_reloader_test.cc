#include "services/zoho_proxy/catalog_reloader.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include "common/base/mailbox.h"
#include "services/zoho_proxy/catalog_fingerprint.h"

namespace mesh::zoho_proxy {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string DocumentWith(const std::string& operation) {
  return absl::StrCat(R"(openapi: 3.1.0
info: {title: Zoo, version: "1"}
paths:
  /)",
                      operation, R"(:
    get: {operationId: )",
                      operation, R"(, summary: Do it, responses: {"200": {description: Done.}}}
)");
}

// Before any thread starts, the log's among them: a signal may be delivered to each.
const bool kHangupIsBlocked = (BlockHangup(), true);

class CatalogReloadTest : public ::testing::Test {
 protected:
  CatalogReloadTest() {
    std::string name = absl::StrCat(::testing::TempDir(), "/catalog-XXXXXX");
    folder_ = mkdtemp(name.data());
    Write("zoo.yaml", DocumentWith("first"));
    fingerprint_ = CatalogFingerprint({folder_});
    holder_ = std::make_unique<CatalogHolder>(*Catalog::Load({folder_}));
  }

  ~CatalogReloadTest() override { fs::remove_all(folder_); }

  // Replaces the file, so that its number changes whatever the clock says.
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/.new") << text;
    fs::rename(folder_ + "/.new", folder_ + "/" + name);
  }

  std::vector<std::string> Tools() const {
    std::vector<std::string> names;
    for (const Tool& tool : holder_->Get()->tools()) names.push_back(tool.listed.name());
    return names;
  }

  std::string Metrics() { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

  std::string folder_;
  std::string fingerprint_;
  prometheus::Registry registry_;
  ProxyMetrics metrics_{registry_};
  std::unique_ptr<CatalogHolder> holder_;
};

TEST_F(CatalogReloadTest, AChangedFileIsLoadedOnceItIsSettled) {
  CatalogReload reload({folder_}, fingerprint_, *holder_, metrics_);
  const std::shared_ptr<const Catalog> old = holder_->Get();
  Write("zoo.yaml", DocumentWith("second"));

  reload.Look();
  EXPECT_THAT(Tools(), ElementsAre("zoo_first"));  // It may still be being written.
  reload.Look();
  EXPECT_THAT(Tools(), ElementsAre("zoo_second"));

  EXPECT_NE(holder_->Get()->list().digest(), old->list().digest());
  EXPECT_NE(old->Find("zoo_first"), nullptr);  // For the calls under way.
  EXPECT_THAT(Metrics(), HasSubstr("mesh_zoho_catalog_reloads_total{outcome=\"OK\"} 1"));
  const std::shared_ptr<const Catalog> current = holder_->Get();
  reload.Look();
  EXPECT_EQ(holder_->Get(), current);
}

TEST_F(CatalogReloadTest, FilesComeAndGo) {
  CatalogReload reload({folder_}, fingerprint_, *holder_, metrics_);
  Write("bar.yaml", DocumentWith("second"));
  reload.Look();
  reload.Look();
  EXPECT_THAT(Tools(), ElementsAre("bar_second", "zoo_first"));

  fs::remove(folder_ + "/zoo.yaml");
  reload.Look();
  reload.Look();
  EXPECT_THAT(Tools(), ElementsAre("bar_second"));
}

TEST_F(CatalogReloadTest, ABadFileLeavesTheOldCatalogueAndIsToldOnce) {
  CatalogReload reload({folder_}, fingerprint_, *holder_, metrics_);
  const std::string digest = holder_->Get()->list().digest();
  Write("zoo.yaml", "openapi: 3.1.0\npaths: [\n");
  for (int i = 0; i < 4; ++i) reload.Look();

  EXPECT_EQ(holder_->Get()->list().digest(), digest);
  EXPECT_THAT(Metrics(),
              HasSubstr("mesh_zoho_catalog_reloads_total{outcome=\"CATALOG_INVALID\"} 1"));

  Write("zoo.yaml", DocumentWith("third"));
  reload.Look();
  reload.Look();
  EXPECT_THAT(Tools(), ElementsAre("zoo_third"));
}

TEST_F(CatalogReloadTest, AnEmptiedFolderLeavesTheOldCatalogue) {
  CatalogReload reload({folder_}, fingerprint_, *holder_, metrics_);
  fs::remove(folder_ + "/zoo.yaml");
  reload.Look();
  reload.Look();
  EXPECT_THAT(Tools(), ElementsAre("zoo_first"));
}

TEST_F(CatalogReloadTest, AConfigMapIsSwappedByItsLink) {
  // As the kubelet lays it out: file -> ..data/file, ..data -> ..2026_1, and then another ..data.
  const std::string volume = folder_ + "/volume";
  fs::create_directories(volume + "/..1");
  fs::create_directories(volume + "/..2");
  std::ofstream(volume + "/..1/zoo.yaml") << DocumentWith("first");
  std::ofstream(volume + "/..2/zoo.yaml") << DocumentWith("second");
  fs::create_directory_symlink("..1", volume + "/..data");
  fs::create_symlink("..data/zoo.yaml", volume + "/zoo.yaml");
  const std::string fingerprint = CatalogFingerprint({volume});
  CatalogHolder holder(*Catalog::Load({volume}));
  CatalogReload reload({volume}, fingerprint, holder, metrics_);

  fs::create_directory_symlink("..2", volume + "/..data_tmp");
  fs::rename(volume + "/..data_tmp", volume + "/..data");
  reload.Look();
  reload.Look();

  EXPECT_NE(holder.Get()->Find("zoo_second"), nullptr);
  EXPECT_EQ(holder.Get()->tools().size(), 1u);
}

TEST_F(CatalogReloadTest, AHangupLoadsAtOnce) {
  ASSERT_TRUE(kHangupIsBlocked);
  Mailbox<int> loaded;
  CatalogReloader reloader({folder_}, fingerprint_, *holder_, metrics_, absl::Hours(1),
                           [&loaded] { loaded.Put(1); });
  Write("zoo.yaml", DocumentWith("second"));

  kill(getpid(), SIGHUP);

  loaded.Take();
  EXPECT_THAT(Tools(), ElementsAre("zoo_second"));
}

TEST_F(CatalogReloadTest, TheThreadLooksByItself) {
  Mailbox<int> loaded;
  CatalogReloader reloader({folder_}, fingerprint_, *holder_, metrics_, absl::Milliseconds(1),
                           [&loaded] { loaded.Put(1); });
  Write("zoo.yaml", DocumentWith("second"));

  loaded.Take();
  EXPECT_THAT(Tools(), ElementsAre("zoo_second"));
}

TEST_F(CatalogReloadTest, AHiddenFileIsNoDocument) {
  std::ofstream(folder_ + "/.zoo.yaml") << "openapi: [";
  EXPECT_EQ((*Catalog::Load({folder_}))->tools().size(), 1u);
}

}  // namespace
}  // namespace mesh::zoho_proxy
