package io.github.tfkfac.tools.fuzz;

import static io.github.tfkfac.tools.fuzz.Property.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterException;
import io.github.tfkfac.models.train.RunRecord;
import io.github.tfkfac.tools.cli.ConfigFile;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.RunFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Readers of settings, of what runs leave, and of the environment. */
class SettingsFuzzTest {

  private static final Property OF_USERS = Property.throwing(UserError.class);
  private static final Property CHECKPOINTS = Property.throwing(CheckpointException.class);
  private static final Property CLUSTERS = Property.throwing(ClusterException.class);

  @TempDir static Path folder;

  @FuzzTest
  void yaml(byte[] data) throws Exception {
    Path file = folder.resolve("settings.yaml");
    OF_USERS.checkFile(
        file,
        data,
        () -> {
          ConfigFile read = ConfigFile.read(file);
          read.requireKnown(List.of("batch", "epochs", "optimizer"));
          return read;
        });
  }

  @FuzzTest
  void checkpointManifest(byte[] data) throws Exception {
    Path file = folder.resolve("step-00000001/checkpoint.properties");
    Property.write(file.resolveSibling("variables.index"), new byte[] {1, 2, 3});
    Property.write(file, data);
    CHECKPOINTS.check(
        "step-00000001",
        0,
        () -> RunRecord.of(Checkpoint.verify(file.getParent()), file.getParent()));
  }

  @FuzzTest
  void runRecord(byte[] data) throws Exception {
    Path file = folder.resolve("run/run.json");
    OF_USERS.checkFile(
        file,
        data,
        () -> io.github.tfkfac.tools.record.RunRecord.read(RunFolder.existing(file.getParent())));
  }

  @FuzzTest
  void metrics(byte[] data) throws Exception {
    Path file = folder.resolve("metrics.csv");
    OF_USERS.checkFile(file, data, () -> MetricsCsv.read(file));
  }

  @FuzzTest
  void tfConfig(byte[] data) throws Exception {
    String text = new String(data, StandardCharsets.UTF_8);
    CLUSTERS.check("", 0, () -> checked(Cluster.ofConfig(text)));
  }

  @FuzzTest
  void workerAddresses(byte[] data) throws Exception {
    String text = new String(data, StandardCharsets.UTF_8);
    CLUSTERS.check("", 0, () -> checked(Cluster.of(text, 0)));
  }

  private static Cluster checked(Cluster cluster) {
    require(cluster.index() < cluster.count(), "a worker of the cluster");
    require(cluster.port() > 0 && cluster.port() < 1 << 16, "a port");
    return cluster;
  }
}
