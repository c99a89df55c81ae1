package io.github.tfkfac.tools.fuzz;

import static io.github.tfkfac.tools.fuzz.Property.require;
import static io.github.tfkfac.tools.fuzz.Property.write;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tfkfac.models.data.Cifar;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.ImageFolder;
import io.github.tfkfac.models.data.MnistIdx;
import io.github.tfkfac.models.data.RgbImage;
import io.github.tfkfac.models.data.Svhn;
import io.github.tfkfac.models.weights.NpzFile;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;

/** Readers of data sets, images and weights. */
class DataFuzzTest {

  private static final Property DATA = Property.throwing(DataException.class);
  private static final Property WEIGHTS = Property.throwing(UncheckedIOException.class);
  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

  @TempDir static Path folder;

  @FuzzTest
  void cifarRecords(byte[] data) throws Exception {
    Path file = folder.resolve("cifar/test_batch.bin");
    DATA.checkFile(
        file,
        data,
        () -> {
          ImageDataset read = Cifar.cifar10Test(file.getParent());
          require(read.size() * CIFAR_RECORD == data.length, "an image per record");
          return read.contentHash();
        });
  }

  @FuzzTest
  void cifarNames(byte[] data) throws Exception {
    Path file = folder.resolve("cifar100/fine_label_names.txt");
    write(file.resolveSibling("test.bin"), new byte[CIFAR_RECORD + 1]);
    DATA.checkFile(
        file,
        data,
        () -> {
          ImageDataset read = Cifar.cifar100Test(file.getParent());
          require(read.classNames().size() == 100, "a hundred names");
          return read;
        });
  }

  @FuzzTest
  void idxImages(byte[] data) throws Exception {
    Path file = folder.resolve("idx/images");
    Path labels = file.resolveSibling("of-images");
    write(labels, ByteBuffer.allocate(10).putInt(2049).putInt(2).put((byte) 9).array());
    DATA.check("images", 0, () -> read(file, data, labels, new byte[0]));
  }

  @FuzzTest
  void idxLabels(byte[] data) throws Exception {
    Path labels = folder.resolve("idx/labels");
    Path images = labels.resolveSibling("of-labels");
    byte[] two = ByteBuffer.allocate(18).putInt(2051).putInt(2).putInt(1).putInt(1).array();
    DATA.check("labels", 0, () -> read(images, two, labels, data));
  }

  private static ImageDataset read(Path images, byte[] image, Path labels, byte[] label)
      throws Exception {
    write(images, image);
    if (label.length > 0) {
      write(labels, label);
    }
    ImageDataset read = MnistIdx.read("fuzzed", images, labels);
    require(read.size() == 2, "an image per label");
    return read;
  }

  @FuzzTest
  void matFile(byte[] data) throws Exception {
    Path file = folder.resolve("svhn.mat");
    DATA.checkFile(
        file,
        data,
        () -> {
          ImageDataset read = Svhn.read("fuzzed", file);
          require(read.shape().valueCount() == CIFAR_RECORD - 1, "images of 32 x 32");
          return read.contentHash();
        });
  }

  @FuzzTest
  void npzArchive(byte[] data) throws Exception {
    Path file = folder.resolve("weights.npz");
    WEIGHTS.checkFile(file, data, () -> values(file));
  }

  /** An array in a right archive, behind the checksums. */
  @FuzzTest
  void npyArray(byte[] data) throws Exception {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(archive)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(data);
    }
    Path file = folder.resolve("array.npz");
    WEIGHTS.checkFile(file, archive.toByteArray(), () -> values(file));
  }

  private static long values(Path file) {
    long values = 0;
    for (NpzFile.NpyArray array : NpzFile.read(file).values()) {
      long size = array.shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
      require(size == array.asFloat64().length, "the values of the shape");
      values += size;
    }
    return values;
  }

  @FuzzTest
  void image(byte[] data) throws Exception {
    Path file = folder.resolve("picture");
    DATA.checkFile(
        file,
        data,
        () -> {
          RgbImage read = RgbImage.read(file);
          require(read.pixels().length == read.shape().valueCount(), "three bytes per pixel");
          return RgbImage.turnOf(file);
        });
  }

  /** An image in a folder, cut to a square and resized. */
  @FuzzTest
  void imageFolder(byte[] data) throws Exception {
    Path root = folder.resolve("folder");
    Path train = root.resolve("train").resolve("a");
    write(train.resolve("picture.png"), data);
    write(root.resolve("val").resolve("a").resolve("picture.png"), data);
    ImageFolder images = new ImageFolder(root, 8, ImageFolder.IMAGENET_CROP);
    DATA.check(
        "picture.png",
        0,
        () -> {
          ImageDataset read = images.validation();
          require(read.size() == images.train().size(), "as many images");
          return read.pixel(0, 7, 7, 2);
        });
  }
}
