package io.github.tfkfac.tools.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.UnsupportedLayerException;
import io.github.tfkfac.models.data.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.tensorflow.exceptions.TFInvalidArgumentException;

class FailureTest {
  @Test
  void badInputHasCodeTwoAndItsOwnWords() {
    assertThat(Failure.of(new UserError("no such run"))).isEqualTo(new Failure("no such run", 2));
    assertThat(Failure.of(new IllegalArgumentException("expected a rate > 0, found -1")))
        .isEqualTo(new Failure("expected a rate > 0, found -1", 2));
  }

  @Test
  void unusableDataAndCheckpointsAreBadInput() {
    assertThat(Failure.of(DataException.of(Path.of("a.bin"), "10 bytes", "7", "unpack it again")))
        .isEqualTo(new Failure("a.bin: expected 10 bytes, found 7; unpack it again", 2));
    assertThat(Failure.of(new CheckpointException("the checkpoint is damaged")))
        .isEqualTo(new Failure("the checkpoint is damaged", 2));
  }

  @Test
  void aRejectedLayerIsNamedWithTheOptionThatSkipsIt() {
    assertThat(Failure.of(new UnsupportedLayerException("emb/table", "expected rows, found none")))
        .isEqualTo(
            new Failure(
                "expected rows, found none; skip the layer with --skip-layers 'emb/table'", 2));
  }

  @Test
  void missingFilesAreBadInput() {
    assertThat(Failure.of(new UncheckedIOException(new NoSuchFileException("a/b.bin"))))
        .isEqualTo(new Failure("no such file or folder: a/b.bin", 2));
  }

  @Test
  void aWrapperThatSaysWhatWasWrittenIsNotLookedThrough() {
    IOException full = new IOException("No space left on device");
    assertThat(Failure.of(new UncheckedIOException("a.csv cannot be written: full", full)))
        .isEqualTo(new Failure("a.csv cannot be written: full", 1));
    assertThat(Failure.of(new UncheckedIOException(full)))
        .isEqualTo(new Failure("IOException: No space left on device", 1));
  }

  @Test
  void pathsThatCannotBeUsedAreBadInput() {
    assertThat(Failure.of(new FileSystemException("/dev/null/x", null, "Not a directory")))
        .isEqualTo(new Failure("cannot read or write /dev/null/x: Not a directory", 2));
    assertThat(Failure.of(new NotDirectoryException("a.txt")))
        .isEqualTo(new Failure("not a folder: a.txt", 2));
  }

  @Test
  void otherFailuresHaveCodeOneAndNameTheirType() {
    assertThat(Failure.of(new IOException("disk full")))
        .isEqualTo(new Failure("IOException: disk full", 1));
  }

  @Test
  void argumentsOfTensorFlowKernelsAreNotTheUsersInput() {
    assertThat(Failure.of(new TFInvalidArgumentException("shapes differ")))
        .isEqualTo(new Failure("TFInvalidArgumentException: shapes differ", 1));
  }

  @Test
  void theMessageBecomesOneLine() {
    assertThat(Failure.of(new IllegalStateException("first\n  second\r\nthird\n")).line())
        .isEqualTo("IllegalStateException: first second third");
  }

  @Test
  void exceptionsWithoutMessageSayHowToLearnMore() {
    assertThat(Failure.of(new IllegalStateException()).line())
        .isEqualTo("IllegalStateException without a message; see --stacktrace");
  }
}
