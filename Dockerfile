FROM python:3.11-slim-bookworm
WORKDIR /opt/der22
COPY envs/requirements.lock envs/requirements.lock
RUN pip install --no-cache-dir -r envs/requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps . \
    && useradd --create-home --uid 1000 lab
USER 1000
WORKDIR /data
CMD ["der22", "--help"]
