package io.github.tfkfac.models.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/**
 * Images in one file each, decoded at every request, so that memory holds no more than the images
 * being worked on.
 *
 * @param folder the folder that the files are named from
 * @param files one path per image, relative to the folder
 * @param shape the size that all images get
 * @param view the part of an image that is seen if no other is asked for
 */
record ImagesInFiles(Path folder, List<Path> files, ImageShape shape, Region.Choice view)
    implements ImageStore {

  ImagesInFiles {
    files = List.copyOf(files);
  }

  @Override
  public byte[] image(int image) {
    return region(image, view);
  }

  @Override
  public byte value(int image, int place) {
    return image(image)[place];
  }

  @Override
  public byte[] region(int image, Region.Choice choice) {
    RgbImage decoded = RgbImage.read(folder.resolve(files.get(image)));
    Region region = choice.of(decoded.shape().height(), decoded.shape().width());
    return Resampling.resize(decoded.pixels(), decoded.shape(), region, shape);
  }

  @Override
  public ImageStore range(int start, int end) {
    return new ImagesInFiles(folder, files.subList(start, end), shape, view);
  }

  @Override
  public void addTo(MessageDigest digest) {
    for (Path file : files) {
      String line = file.toString().replace('\\', '/') + " " + size(folder.resolve(file)) + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw DataException.of(file, "a readable file", e.toString(), "check the permissions", e);
    }
  }
}
